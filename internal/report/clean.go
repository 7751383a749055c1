package report

import (
	"fmt"
	"reflect"

	"haris/cybertip"
)

// cleanAll makes every text of a document fit for XML and returns how many characters were replaced. v points to the document; lists
// that the document shares with a draft are copied before they are changed.
func cleanAll(v any) int { return cleanValue(reflect.ValueOf(v)) }

func cleanValue(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.String:
		s, k := cybertip.CleanText(v.String())
		if k > 0 && v.CanSet() {
			v.SetString(s)
		}
		return k
	case reflect.Pointer:
		if !v.IsNil() {
			return cleanValue(v.Elem())
		}
	case reflect.Slice:
		if v.Len() == 0 || !v.CanSet() {
			return 0
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		v.Set(own)
		for i := range v.Len() {
			n += cleanValue(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += cleanValue(v.Field(i))
			}
		}
	}
	return n
}

// cleanedNote says that a document differs from what was written, and by how much.
func cleanedNote(n int, document string) string {
	return fmt.Sprintf("%d characters that XML forbids were replaced by visible signs in this %s; what is sealed has them as they were.", n, document)
}
