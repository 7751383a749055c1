package platform

// The types below are the data objects of the wire format, field by field. A field with omitempty is optional there.

type keyData struct {
	Kind  string `json:"kind"`
	Hash  string `json:"hash,omitempty"`
	Value string `json:"value,omitempty"`
}

type mediaData struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Mime       string `json:"mime,omitempty"`
	Bytes      int    `json:"bytes,omitempty"`
	MD5        string `json:"md5,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	PDQ        string `json:"pdq,omitempty"`
	PDQQuality int    `json:"pdq_quality,omitempty"`
	UploadedAt string `json:"uploaded_at,omitempty"`
}

type priceData struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

type accountData struct {
	Account     string    `json:"account"`
	AgeBand     string    `json:"age_band,omitempty"`
	AgeSource   string    `json:"age_source,omitempty"`
	CreatedAt   string    `json:"created_at,omitempty"`
	DisplayName string    `json:"display_name,omitempty"`
	ScreenName  string    `json:"screen_name,omitempty"`
	ProfileURL  string    `json:"profile_url,omitempty"`
	Bio         string    `json:"bio,omitempty"`
	Region      string    `json:"region,omitempty"`
	Lang        string    `json:"lang,omitempty"`
	Verified    bool      `json:"verified"`
	Role        string    `json:"role,omitempty"`
	Keys        []keyData `json:"keys,omitempty"`
}

// accountKeysData is an account.updated that tells nothing but keys, so that it cannot unsay what was told before.
type accountKeysData struct {
	Account string    `json:"account"`
	Keys    []keyData `json:"keys"`
}

type sessionData struct {
	Account      string    `json:"account"`
	Keys         []keyData `json:"keys,omitempty"`
	IP           string    `json:"ip"`
	Port         int       `json:"port"`
	ASN          int       `json:"asn"`
	Country      string    `json:"country"`
	Region       string    `json:"region"`
	UserAgent    string    `json:"user_agent"`
	Auth         string    `json:"auth"`
	RecoveryUsed bool      `json:"recovery_used"`
}

type credentialData struct {
	Account string    `json:"account"`
	What    string    `json:"what"`
	Keys    []keyData `json:"keys,omitempty"`
}

type requestData struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Surface  string `json:"surface,omitempty"`
	Relation string `json:"relation,omitempty"`
	Text     string `json:"text,omitempty"`
}

// answerData is contact.accepted, contact.declined and contact.ignored: From was asked, To had asked.
type answerData struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type messageData struct {
	From         string      `json:"from"`
	To           []string    `json:"to,omitempty"`
	Group        string      `json:"group,omitempty"`
	Conversation string      `json:"conversation"`
	Surface      string      `json:"surface,omitempty"`
	Relation     string      `json:"relation,omitempty"`
	Text         string      `json:"text,omitempty"`
	Lang         string      `json:"lang,omitempty"`
	Media        []mediaData `json:"media,omitempty"`
	ReplyTo      string      `json:"reply_to,omitempty"`
	IP           string      `json:"ip,omitempty"`
}

// conversationData is message.unsent and ephemeral.enabled.
type conversationData struct {
	Account      string `json:"account"`
	Conversation string `json:"conversation"`
	Message      string `json:"message,omitempty"`
}

type callData struct {
	From         string   `json:"from"`
	To           []string `json:"to"`
	Conversation string   `json:"conversation,omitempty"`
	Video        bool     `json:"video"`
	Seconds      int      `json:"seconds"`
}

type groupData struct {
	Account string `json:"account"`
	Group   string `json:"group"`
	By      string `json:"by,omitempty"`
}

// byData is profile.viewed, account.blocked and account.muted.
type byData struct {
	By      string `json:"by"`
	Account string `json:"account"`
}

type searchData struct {
	By      string            `json:"by"`
	Filters map[string]string `json:"filters,omitempty"`
}

// postData is post.published; post.removed gives only the first three fields.
type postData struct {
	Account string      `json:"account"`
	Post    string      `json:"post"`
	Surface string      `json:"surface,omitempty"`
	Text    string      `json:"text,omitempty"`
	Lang    string      `json:"lang,omitempty"`
	Media   []mediaData `json:"media,omitempty"`
	URL     string      `json:"url,omitempty"`
}

type listingData struct {
	Account string     `json:"account"`
	Listing string     `json:"listing"`
	Text    string     `json:"text,omitempty"`
	Lang    string     `json:"lang,omitempty"`
	Price   *priceData `json:"price,omitempty"`
	Place   string     `json:"place,omitempty"`
	Keys    []keyData  `json:"keys,omitempty"`
	URL     string     `json:"url,omitempty"`
}

type uploadData struct {
	Account string      `json:"account"`
	Media   []mediaData `json:"media"`
}

type paymentData struct {
	From       string  `json:"from"`
	To         string  `json:"to"`
	Amount     float64 `json:"amount"`
	Currency   string  `json:"currency"`
	Instrument string  `json:"instrument"`
	Note       string  `json:"note,omitempty"`
}

type locationData struct {
	From      string   `json:"from"`
	To        []string `json:"to"`
	Precision string   `json:"precision"`
}

// reportData is account.reported and content.reported.
type reportData struct {
	By      string `json:"by"`
	Account string `json:"account"`
	Content string `json:"content,omitempty"`
	Reason  string `json:"reason"`
	Text    string `json:"text,omitempty"`
}

type moderationData struct {
	Account string `json:"account"`
	Action  string `json:"action"`
	Content string `json:"content,omitempty"`
	By      string `json:"by,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// worded is data that holds words of people.
type worded interface {
	// wordless returns the data without any.
	wordless() any
}

func (d accountData) wordless() any { d.Bio = ""; return d }
func (d requestData) wordless() any { d.Text = ""; return d }
func (d messageData) wordless() any { d.Text, d.Lang = "", ""; return d }
func (d postData) wordless() any    { d.Text, d.Lang = "", ""; return d }
func (d listingData) wordless() any { d.Text, d.Lang = "", ""; return d }
func (d paymentData) wordless() any { d.Note = ""; return d }
func (d reportData) wordless() any  { d.Text = ""; return d }
