package check

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	routes := http.NewServeMux()
	routes.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	routes.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	routes.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", 302) })
	routes.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", 302) })
	routes.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	routes.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	server := httptest.NewServer(routes)
	defer server.Close()
	closed := httptest.NewServer(routes)
	closed.Close()

	for name, test := range map[string]struct {
		url    string
		up     bool
		status int
		err    string
	}{
		"up":                 {server.URL + "/ok", true, 200, ""},
		"moved":              {server.URL + "/moved", true, 200, ""},
		"server error":       {server.URL + "/broken", false, 503, "status 503"},
		"not found":          {server.URL + "/none", false, 404, "status 404"},
		"redirects for ever": {server.URL + "/circle", false, 0, "stopped after 10 redirects"},
		"no answer":          {server.URL + "/slow", false, 0, "no answer within 200ms"},
		"half an answer":     {server.URL + "/cut", false, 200, "unexpected EOF"},
		"nobody listens":     {strings.Replace(closed.URL, "http://", "http://user:secret@", 1), false, 0, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			got := New(200*time.Millisecond).Check(context.Background(), test.url)
			if got.Up != test.up || got.StatusCode != test.status || !strings.Contains(got.Error, test.err) {
				t.Errorf("got %+v", got)
			}
			if (test.err == "") != (got.Error == "") || strings.Contains(got.Error, "secret") {
				t.Errorf("got the error %q", got.Error)
			}
			if got.At.IsZero() || got.Took <= 0 {
				t.Errorf("says not when: %+v", got)
			}
		})
	}
}
