// Package check asks a URL whether it is up.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Result is what a check found.
type Result struct {
	Up bool `json:"up"`
	// StatusCode is 0 where there was no answer.
	StatusCode int           `json:"status_code,omitempty"`
	Error      string        `json:"error,omitempty"`
	Took       time.Duration `json:"took"`
	At         time.Time     `json:"at"`
}

// Checker asks URLs.
type Checker struct {
	client  *http.Client
	timeout time.Duration
}

// New gives a Checker whose checks take no longer than timeout.
func New(timeout time.Duration) *Checker {
	transport := &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: timeout}).DialContext,
		// A new connection each time: one that is kept alive would say nothing of the listener.
		DisableKeepAlives: true,
	}
	return &Checker{client: &http.Client{Transport: transport}, timeout: timeout}
}

// Check asks for a URL. It is up if it answers in time with a status below 400, at the end of its redirects.
func (c *Checker) Check(ctx context.Context, target string) Result {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	status, err := c.ask(ctx, target)
	result := Result{Up: err == nil && status < 400, StatusCode: status, Took: time.Since(begin), At: begin.UTC()}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		result.Error = fmt.Sprintf("no answer within %s", c.timeout)
	case err != nil:
		result.Error = cause(err)
	case !result.Up:
		result.Error = fmt.Sprintf("status %d", status)
	}
	return result
}

func (c *Checker) ask(ctx context.Context, target string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("User-Agent", "svc-status-monitor")
	response, err := c.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	// An answer counts once it is whole, as far as one may wish to read it.
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, err
}

// cause leaves out the URL, which may hold a password.
func cause(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err.Error()
	}
	return err.Error()
}
