// Package api serves what is watched, and what was seen.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"svc-status-monitor/internal/store"
)

// Monitors is what the API needs of the database.
type Monitors interface {
	Register(ctx context.Context, url, webhook string, intervalSeconds int) (store.Monitor, bool, error)
	Monitors(ctx context.Context, after int64, limit int) ([]store.Monitor, error)
	Monitor(ctx context.Context, id int64) (store.Monitor, error)
	Remove(ctx context.Context, id int64) error
	History(ctx context.Context, monitor, before int64, limit int) ([]store.Transition, error)
}

// problem is an answer that is no success, as application/problem+json.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func (p problem) Error() string { return p.Detail }

func refuse(status int, format string, values ...any) error {
	return problem{Status: status, Title: http.StatusText(status), Detail: fmt.Sprintf(format, values...)}
}

// Register adds the API's routes.
func Register(routes *http.ServeMux, monitors Monitors, log *slog.Logger) {
	api := api{monitors}
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"POST /monitors":             api.register,
		"GET /monitors":              api.list,
		"GET /monitors/{id}":         api.show,
		"DELETE /monitors/{id}":      api.remove,
		"GET /monitors/{id}/history": api.history,
	} {
		routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := serve(w, r)
			if err == nil {
				return
			}
			var refused problem
			switch {
			case errors.As(err, &refused):
			case errors.Is(err, store.ErrNotFound):
				refused = problem{Status: http.StatusNotFound, Title: "Not Found", Detail: "there is no such monitor"}
			default:
				log.Error("not answered", "method", r.Method, "path", r.URL.Path, "error", err)
				refused = problem{Status: http.StatusServiceUnavailable, Title: "Service Unavailable", Detail: "the database does not answer; try again"}
			}
			write(w, refused.Status, "application/problem+json", refused)
		})
	}
}

func write(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

type api struct{ monitors Monitors }

type registration struct {
	URL             string `json:"url"`
	Webhook         string `json:"webhook"`
	IntervalSeconds *int   `json:"interval_seconds"`
}

func (a api) register(w http.ResponseWriter, r *http.Request) error {
	var wanted registration
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return refuse(http.StatusRequestEntityTooLarge, "expected at most %d bytes", large.Limit)
		}
		return refuse(http.StatusUnprocessableEntity, "not a registration: %v", err)
	}
	interval := 60
	if wanted.IntervalSeconds != nil {
		interval = *wanted.IntervalSeconds
	}
	var mistakes []string
	if problem := notHTTP(wanted.URL); problem != "" {
		mistakes = append(mistakes, "url: "+problem)
	}
	if wanted.Webhook != "" {
		if problem := notHTTP(wanted.Webhook); problem != "" {
			mistakes = append(mistakes, "webhook: "+problem)
		}
	}
	if interval < 1 || interval > 86400 {
		mistakes = append(mistakes, fmt.Sprintf("interval_seconds: got %d; expected 1 to 86400", interval))
	}
	if len(mistakes) > 0 {
		return refuse(http.StatusUnprocessableEntity, "%s", strings.Join(mistakes, "; "))
	}
	monitor, created, err := a.monitors.Register(r.Context(), wanted.URL, wanted.Webhook, interval)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
		w.Header().Set("Location", fmt.Sprintf("/monitors/%d", monitor.ID))
	}
	write(w, status, "application/json", monitor)
	return nil
}

// notHTTP says what is wrong with a URL; nothing if it can be asked for.
func notHTTP(value string) string {
	parsed, err := url.Parse(value)
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		return fmt.Sprintf("got %q; expected http://HOST/… or https://HOST/…", value)
	}
	if len(value) > 2000 {
		return "expected at most 2000 bytes"
	}
	return ""
}

func (a api) list(w http.ResponseWriter, r *http.Request) error {
	after, limit, err := page(r, "after", 0)
	if err != nil {
		return err
	}
	monitors, err := a.monitors.Monitors(r.Context(), after, limit)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, "application/json", map[string]any{"monitors": orEmpty(monitors)})
	return nil
}

func (a api) show(w http.ResponseWriter, r *http.Request) error {
	monitor, err := a.named(r)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, "application/json", monitor)
	return nil
}

func (a api) remove(w http.ResponseWriter, r *http.Request) error {
	monitor, err := a.named(r)
	if err != nil {
		return err
	}
	if err := a.monitors.Remove(r.Context(), monitor.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a api) history(w http.ResponseWriter, r *http.Request) error {
	before, limit, err := page(r, "before", math.MaxInt64)
	if err != nil {
		return err
	}
	monitor, err := a.named(r)
	if err != nil {
		return err
	}
	transitions, err := a.monitors.History(r.Context(), monitor.ID, before, limit)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, "application/json", map[string]any{"monitor": monitor, "transitions": orEmpty(transitions)})
	return nil
}

// named gives the monitor of the path.
func (a api) named(r *http.Request) (store.Monitor, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return store.Monitor{}, store.ErrNotFound
	}
	return a.monitors.Monitor(r.Context(), id)
}

// page reads where a list begins, and how long it may be.
func page(r *http.Request, name string, otherwise int64) (start int64, limit int, err error) {
	start, limit = otherwise, 100
	if value := r.URL.Query().Get(name); value != "" {
		if start, err = strconv.ParseInt(value, 10, 64); err != nil {
			return 0, 0, refuse(http.StatusUnprocessableEntity, "%s: got %q; expected an id", name, value)
		}
	}
	if value := r.URL.Query().Get("limit"); value != "" {
		if limit, err = strconv.Atoi(value); err != nil || limit < 1 || limit > 1000 {
			return 0, 0, refuse(http.StatusUnprocessableEntity, "limit: got %q; expected 1 to 1000", value)
		}
	}
	return start, limit, nil
}

// orEmpty is an empty list in JSON where there is nothing.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
