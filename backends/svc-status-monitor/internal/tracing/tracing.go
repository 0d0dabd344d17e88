// Package tracing sends spans to where OTEL_EXPORTER_OTLP_ENDPOINT leads; without it there are none. The other variables of
// OpenTelemetry (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES …) are read by its library.
package tracing

import (
	"context"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Start begins to send spans. What it gives ends that: it sends what is left, as long as its context lasts.
func Start(ctx context.Context, getenv func(string) string, log *slog.Logger) (func(context.Context) error, error) {
	if getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		return func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces are not sent", "error", err) }))
	return provider.Shutdown, nil
}

// Routes makes a span of each request, called by method and pattern; not of probes and metrics.
func Routes(routes *http.ServeMux) http.Handler {
	return otelhttp.NewHandler(routes, "",
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			if _, pattern := routes.Handler(r); pattern != "" {
				return pattern
			}
			return r.Method
		}),
		otelhttp.WithFilter(func(r *http.Request) bool {
			return r.URL.Path != "/health" && r.URL.Path != "/ready" && r.URL.Path != "/metrics"
		}))
}

// Handler makes a span of each message that is handled.
func Handler[Then any](name string, handle func(context.Context, []byte) (Then, error)) func(context.Context, []byte) (Then, error) {
	return func(ctx context.Context, data []byte) (Then, error) {
		ctx, span := otel.Tracer("svc-status-monitor").Start(ctx, "process "+name, trace.WithSpanKind(trace.SpanKindConsumer))
		defer span.End()
		then, err := handle(ctx, data)
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, "not handled")
		}
		return then, err
	}
}
