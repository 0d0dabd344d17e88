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

// Fields gives the fields with which a message hands on the trace of ctx; none if there is no trace.
func Fields(ctx context.Context) []any {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	var fields []any
	for key, value := range carrier {
		fields = append(fields, key, value)
	}
	return fields
}

// Receive begins the span of a message, in the trace that its fields name. The function ends it, with the error of its handling.
func Receive(ctx context.Context, stream string, fields map[string]any) (context.Context, func(error)) {
	carrier := propagation.MapCarrier{}
	for key, value := range fields {
		if text, ok := value.(string); ok {
			carrier[key] = text
		}
	}
	ctx = otel.GetTextMapPropagator().Extract(ctx, carrier)
	ctx, span := otel.Tracer("svc-status-monitor").Start(ctx, "process "+stream, trace.WithSpanKind(trace.SpanKindConsumer))
	return ctx, func(err error) {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, "not handled")
		}
		span.End()
	}
}
