package cybertip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Environment says where reports go. Credentials of one environment must never be used in another.
type Environment string

// The environments.
const (
	// Production is NCMEC's live service. What is finished there reaches law enforcement.
	Production Environment = "production"
	// Test is NCMEC's exttest service; reports are discarded.
	Test Environment = "test"
	// Local is a server of one's own, such as package cybertiptest.
	Local Environment = "local"
)

// Base URLs of NCMEC's services.
const (
	productionURL = "https://report.cybertip.org/ispws"
	testURL       = "https://exttest.cybertip.org/ispws"
)

// Endpoint names one call of the service.
type Endpoint string

// The endpoints.
const (
	EndpointStatus   Endpoint = "status"
	EndpointXSD      Endpoint = "xsd"
	EndpointSubmit   Endpoint = "submit"
	EndpointUpload   Endpoint = "upload"
	EndpointFileInfo Endpoint = "fileinfo"
	EndpointFinish   Endpoint = "finish"
	EndpointRetract  Endpoint = "retract"
)

// Endpoints returns every endpoint.
func Endpoints() []Endpoint {
	return []Endpoint{EndpointStatus, EndpointXSD, EndpointSubmit, EndpointUpload, EndpointFileInfo, EndpointFinish, EndpointRetract}
}

// Call is what happened in one HTTP exchange, for the record.
type Call struct {
	Endpoint      Endpoint
	Environment   Environment
	Attempt       int    // from [WithAttempt]; 1 otherwise
	RequestSHA256 string // hexadecimal, of the body; of the file alone for an upload
	RequestBytes  int64  // length of what the digest covers
	Request       []byte // the body; nil for uploads
	RequestID     string
	HTTPStatus    int // 0 when there was no answer
	Code          Code
	Response      []byte // at most Options.MaxReply bytes
	Started       time.Time
	Ended         time.Time
	Err           error // nil when the call succeeded
}

// Recorder keeps calls. Record is called once after every exchange, successful or not, before the client returns; the context it gets is not
// cancelled with the call's. It may be called from several goroutines at once. When it fails, the call's result is returned together with
// an error that wraps [ErrNotRecorded].
type Recorder interface {
	Record(ctx context.Context, call Call) error
}

// Options configure a [Client].
type Options struct {
	Environment Environment
	// BaseURL is required with Local and refused otherwise. Its host must be a loopback address unless AllowNonLoopback is set; NCMEC's own
	// hosts are always refused here.
	BaseURL          string
	AllowNonLoopback bool
	Username         string
	Password         string
	// Profile is used to encode documents; empty means Profile202506.
	Profile Profile
	// HTTPClient makes the connections; nil means a new client. Redirects are never followed, whatever it says.
	HTTPClient *http.Client
	// Recorder keeps every call; nil keeps none.
	Recorder Recorder
	// Clock returns the present moment; nil means time.Now.
	Clock func() time.Time
	// Timeout bounds every call but upload; 0 means 60 seconds.
	Timeout time.Duration
	// UploadIdle bounds the time without progress during an upload, and the wait for its answer; 0 means two minutes. An upload as a whole has
	// no limit but its context's.
	UploadIdle time.Duration
	// MaxReply bounds what is read of an answer, in bytes; 0 means 1 MiB, and 16 MiB for the schema.
	MaxReply int64
	// UserAgent is sent with every request; empty means "haris-cybertip".
	UserAgent string
}

// Client talks to one environment as one user. It is safe for use by several goroutines. It makes one exchange per method call and never
// repeats one by itself, because the service has no idempotency key. (net/http may send a status or schema request again when an old connection
// turns out to be closed; these change nothing. What changes something is sent again only if not a byte of it was written.)
type Client struct {
	opt  Options
	base string
	http *http.Client

	mu      sync.Mutex
	tickets map[string]struct{} // steps begun by Run and not yet executed
}

// NewClient checks the options and returns a client. It makes no connection.
func NewClient(opt Options) (*Client, error) {
	base, err := baseURL(opt)
	if err != nil {
		return nil, err
	}
	if opt.Username == "" || opt.Password == "" {
		return nil, errors.New("cybertip: user name and password are required")
	}
	if opt.Profile == "" {
		opt.Profile = Profile202506
	}
	if !opt.Profile.Known() {
		return nil, fmt.Errorf("cybertip: unknown schema profile %q; known are %q", string(opt.Profile), Profiles())
	}
	setDefaults(&opt)
	hc := &http.Client{}
	if opt.HTTPClient != nil {
		copied := *opt.HTTPClient
		hc = &copied
	}
	// A redirect would carry a report, or credentials, to a place nobody chose.
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{opt: opt, base: base, http: hc, tickets: map[string]struct{}{}}, nil
}

func setDefaults(opt *Options) {
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.Timeout <= 0 {
		opt.Timeout = time.Minute
	}
	if opt.UploadIdle <= 0 {
		opt.UploadIdle = 2 * time.Minute
	}
	if opt.UserAgent == "" {
		opt.UserAgent = "haris-cybertip"
	}
}

func baseURL(opt Options) (string, error) {
	switch opt.Environment {
	case Production, Test:
		if opt.BaseURL != "" {
			return "", fmt.Errorf("cybertip: a base URL may be given only with environment %q, not %q", Local, opt.Environment)
		}
		if opt.Environment == Production {
			return productionURL, nil
		}
		return testURL, nil
	case Local:
		return localURL(opt)
	default:
		return "", fmt.Errorf("cybertip: environment %q is not one of %q, %q, %q; it must be chosen explicitly", opt.Environment, Production, Test, Local)
	}
}

func localURL(opt Options) (string, error) {
	u, err := url.Parse(opt.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return "", fmt.Errorf("cybertip: environment %q needs a base URL like http://127.0.0.1:8090/ispws, got %q", Local, opt.BaseURL)
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "cybertip.org" || strings.HasSuffix(host, ".cybertip.org") {
		return "", fmt.Errorf("cybertip: %s belongs to NCMEC; choose environment %q or %q instead of %q", host, Production, Test, Local)
	}
	ip := net.ParseIP(host)
	if loopback := host == "localhost" || (ip != nil && ip.IsLoopback()); !loopback && !opt.AllowNonLoopback {
		return "", fmt.Errorf("cybertip: %s is not a loopback address; allow it explicitly to send reports there", host)
	}
	return strings.TrimSuffix(u.String(), "/"), nil
}

// Environment returns where the client's reports go.
func (c *Client) Environment() Environment { return c.opt.Environment }

// Profile returns the schema profile the client encodes documents with.
func (c *Client) Profile() Profile { return c.opt.Profile }

type attemptKey struct{}

// WithAttempt returns a context that makes the client record n as the number of the attempt.
func WithAttempt(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, attemptKey{}, n)
}

func attemptOf(ctx context.Context) int {
	if n, ok := ctx.Value(attemptKey{}).(int); ok {
		return n
	}
	return 1
}
