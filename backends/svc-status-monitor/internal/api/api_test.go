package api_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"svc-status-monitor/internal/api"
	"svc-status-monitor/internal/servicetest"
)

// server gives the API with one monitor, of the id 1.
func server(t *testing.T) *httptest.Server {
	routes := http.NewServeMux()
	api.Register(routes, servicetest.Postgres(t), slog.New(slog.DiscardHandler))
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	if status, _, _ := ask(t, server, "POST", "/monitors", `{"url": "http://a.example/"}`); status != 201 {
		t.Fatal(status)
	}
	return server
}

func ask(t *testing.T, server *httptest.Server, method, path, body string) (int, http.Header, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	json.NewDecoder(response.Body).Decode(&answer)
	return response.StatusCode, response.Header, answer
}

func TestRegisters(t *testing.T) {
	server := server(t)
	status, header, answer := ask(t, server, "POST", "/monitors", `{"url": "https://b.example/", "webhook": "http://h.example/", "interval_seconds": 5}`)
	if status != 201 || header.Get("Location") != "/monitors/2" || answer["status"] != "unknown" || answer["interval_seconds"] != 5.0 {
		t.Errorf("%d %v %v", status, header, answer)
	}
	if status, _, again := ask(t, server, "POST", "/monitors", `{"url": "https://b.example/"}`); status != 200 || again["id"] != 2.0 || again["interval_seconds"] != 60.0 {
		t.Errorf("%d %v", status, again)
	}
	if _, _, list := ask(t, server, "GET", "/monitors?after=1&limit=5", ""); len(list["monitors"].([]any)) != 1 {
		t.Errorf("%v", list)
	}
	if status, _, history := ask(t, server, "GET", "/monitors/2/history", ""); status != 200 || len(history["transitions"].([]any)) != 0 {
		t.Errorf("%d %v", status, history)
	}
	if status, _, _ := ask(t, server, "DELETE", "/monitors/2", ""); status != 204 {
		t.Error(status)
	}
	if status, _, _ := ask(t, server, "GET", "/monitors/2", ""); status != 404 {
		t.Error(status)
	}
}

func TestRefuses(t *testing.T) {
	server := server(t)
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		detail             string
	}{
		"no JSON":          {"POST", "/monitors", "url=x", 422, "not a registration"},
		"no URL":           {"POST", "/monitors", `{}`, 422, `url: got ""; expected http://HOST/`},
		"another scheme":   {"POST", "/monitors", `{"url": "file:///etc/passwd"}`, 422, "url: got"},
		"a webhook":        {"POST", "/monitors", `{"url": "http://a.example/", "webhook": "x"}`, 422, `webhook: got "x"`},
		"every mistake":    {"POST", "/monitors", `{"interval_seconds": 0}`, 422, `expected http://HOST/… or https://HOST/…; interval_seconds: got 0`},
		"an unknown field": {"POST", "/monitors", `{"uri": "http://a.example/"}`, 422, `unknown field "uri"`},
		"a large body":     {"POST", "/monitors", `{"url": "` + strings.Repeat("a", 20_000) + `"}`, 413, "at most 16384 bytes"},
		"an unknown id":    {"GET", "/monitors/99", "", 404, "no such monitor"},
		"no id":            {"GET", "/monitors/x/history", "", 404, "no such monitor"},
		"deleting nothing": {"DELETE", "/monitors/99", "", 404, "no such monitor"},
		"a limit":          {"GET", "/monitors?limit=0", "", 422, `limit: got "0"; expected 1 to 1000`},
		"where it begins":  {"GET", "/monitors/1/history?before=now", "", 422, `before: got "now"; expected an id`},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, answer := ask(t, server, test.method, test.path, test.body)
			detail, _ := answer["detail"].(string)
			if status != test.status || !strings.Contains(detail, test.detail) || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s", status, detail)
			}
		})
	}
}
