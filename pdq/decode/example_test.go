package decode_test

import (
	"errors"
	"fmt"
	"strings"

	"haris/pdq/decode"
)

// A file that cannot be read whole gives no picture, and an error that says why it is unscanned.
func ExampleDecode() {
	_, err := decode.Decode(strings.NewReader("keep this between us"), decode.Limits{})
	fmt.Println(errors.Is(err, decode.ErrUnsupported))
	fmt.Println(err)
	// Output:
	// true
	// kind of picture is not supported: it begins like no kind of picture that is read here
}
