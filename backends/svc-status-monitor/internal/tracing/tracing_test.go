package tracing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestSpansAreSent looks at what a collector gets. The names, and what is left out, are those that the viewer shows.
func TestSpansAreSent(t *testing.T) {
	var lock sync.Mutex
	var service string
	names := map[string]string{}
	traces := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil {
			t.Error(err)
		}
		lock.Lock()
		defer lock.Unlock()
		for _, resource := range sent.ResourceSpans {
			for _, attribute := range resource.Resource.Attributes {
				if attribute.Key == "service.name" {
					service = attribute.Value.GetStringValue()
				}
			}
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					names[span.Name] = span.Status.GetCode().String()
					traces[span.Name] = fmt.Sprintf("%x", span.TraceId)
				}
			}
		}
	}))
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "")
	t.Setenv("OTEL_SERVICE_NAME", "status-api")

	stop, err := Start(t.Context(), func(string) string { return server.URL }, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	routes := http.NewServeMux()
	for _, pattern := range []string{"GET /health", "GET /monitors/{id}"} {
		routes.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	handler := Routes(routes)
	for _, path := range []string{"/health", "/monitors/7", "/elsewhere"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	ctx, handled := Receive(t.Context(), "status:due", map[string]any{"data": "{}"})
	handled(nil)
	fields := Fields(ctx)
	if len(fields) != 2 {
		t.Fatalf("got the fields %v; expected traceparent and its value", fields)
	}
	_, handled = Receive(t.Context(), "status:results", map[string]any{fields[0].(string): fields[1]})
	handled(errors.New("no"))
	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := stop(ending); err != nil {
		t.Fatal(err)
	}
	lock.Lock()
	defer lock.Unlock()
	if service != "status-api" {
		t.Errorf("service.name: got %q; expected status-api", service)
	}
	if len(names) != 4 || names["process status:results"] != "STATUS_CODE_ERROR" || names["GET /monitors/{id}"] == "" || names["GET"] == "" {
		t.Errorf("got %v; expected the monitor, the unknown path, a message and one that failed", names)
	}
	if traces["process status:due"] != traces["process status:results"] {
		t.Errorf("got the traces %v; expected one of both messages", traces)
	}
}

func TestWithoutAnEndpointNothingIsSent(t *testing.T) {
	var said strings.Builder
	stop, err := Start(t.Context(), func(string) string { return "" }, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := stop(t.Context()); err != nil || said.Len() > 0 {
		t.Errorf("got %v, %q", err, said.String())
	}
}
