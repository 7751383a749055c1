package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/translate"
)

// Who asked for a translation stands in the audit log, also when the server then fails.
func TestTranslationIsWrittenDown(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(srv.Close)
	client, err := translate.New(translate.Options{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	c := &Core{DB: storetest.SQLite(t), Options: Options{Now: time.Now}}
	if _, err := (translator{c, client}).Translate(t.Context(), "p1", "c1", "ar", []string{"hola", "adiós"}); err == nil {
		t.Error("a server that refuses is no error")
	}
	err = c.DB.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{}, 0, 10)
		if err == nil && (len(list) != 1 || list[0].Act != "case.translated" || list[0].Who != "p1" || list[0].Object != "case/c1" || list[0].Detail["messages"] != "2" || list[0].Detail["into"] != "ar") {
			t.Errorf("%+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
