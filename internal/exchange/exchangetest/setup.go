package exchangetest

import (
	"fmt"
	"path/filepath"
)

// Paths are the paths of the protocols by the type of exchange that reads them.
func Paths() map[string]string {
	return map[string]string{
		"ncmec": HashSharingPath, "stopncii": StopNCIIPath, "threatexchange": ThreatExchangePath, "terrorism": TerrorismPath, "list": ListPath, "arachnid": ArachnidPath,
	}
}

// Secrets are the credentials by the name of the file that Setup takes them from.
func Secrets() map[string]string {
	return map[string]string{
		"password": Password, "fetch_key": FetchKey, "feedback_key": FeedbackKey, "subscription_key": Subscription, "graph_token": GraphToken, "list_token": ListToken,
	}
}

// Setup is a file that names every exchange of a stand-in at a URL, with its secrets in files of a directory.
func Setup(url, dir string) string {
	at := func(name string) string { return filepath.Join(dir, name) }
	return fmt.Sprintf(`exchanges:
  - name: ncmec
    type: ncmec
    url: %[1]s%[2]s
    username: %[3]s
    password_file: %[4]q
    feedback: true
    feedback_reason: %[5]s
  - name: stopncii
    type: stopncii
    url: %[1]s%[6]s
    fetch_key_file: %[7]q
    feedback_key_file: %[8]q
    subscription_key_file: %[9]q
    feedback: true
  - name: threatexchange
    type: threatexchange
    url: %[1]s%[10]s
    group: "%[11]s"
    token_file: %[12]q
  - name: terrorism
    type: terrorism
    url: %[1]s%[13]s
    username: %[3]s
    password_file: %[4]q
  - name: list
    type: list
    url: %[1]s%[14]s
    token_file: %[15]q
  - name: arachnid
    type: arachnid
    url: %[1]s%[16]s
    username: %[3]s
    password_file: %[4]q
`, url, HashSharingPath, User, at("password"), Reason, StopNCIIPath, at("fetch_key"), at("feedback_key"), at("subscription_key"), ThreatExchangePath, Group,
		at("graph_token"), TerrorismPath, ListPath, at("list_token"), ArachnidPath)
}
