package notification

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"svc-status-monitor/internal/store"
)

// body is what a webhook is told.
type body struct {
	Key        string    `json:"key"`
	Monitor    int64     `json:"monitor"`
	URL        string    `json:"url"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	At         time.Time `json:"at"`
	StatusCode int       `json:"status_code,omitempty"`
	Error      string    `json:"error,omitempty"`
}

// Webhook calls webhooks.
type Webhook struct{ client *http.Client }

// NewWebhook gives a Webhook whose calls take no longer than timeout.
func NewWebhook(timeout time.Duration, connections int) *Webhook {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = connections
	return &Webhook{client: &http.Client{
		Timeout:   timeout,
		Transport: transport,
		// A redirect would turn the POST into a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// errRefused is the error of a call that the receiver would refuse each time.
var errRefused = errors.New("refused")

// Call tells a webhook of a transition. The key is the same each time, so that the receiver can tell a repetition.
func (w *Webhook) Call(ctx context.Context, transition store.Transition) error {
	text, err := json.Marshal(body{
		Key: transition.Key, Monitor: transition.MonitorID, URL: transition.URL, From: transition.From, To: transition.To,
		At: transition.At, StatusCode: transition.StatusCode, Error: transition.Error,
	})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, transition.Webhook, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", transition.Key)
	request.Header.Set("User-Agent", "svc-status-monitor")
	response, err := w.client.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			// Without the URL, which may hold a password.
			return wrapped.Err
		}
		return err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	return verdict(response.StatusCode)
}

// verdict tells what a status means: done, worth another try, or refused.
func verdict(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return fmt.Errorf("status %d", status)
	default:
		return fmt.Errorf("%w with status %d", errRefused, status)
	}
}
