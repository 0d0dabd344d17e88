package config

import (
	"strings"
	"testing"
	"time"
)

var valid = map[string]string{
	"DATABASE_URL": "postgresql://status:secret@postgres:5432/status",
	"REDIS_URL":    "redis://:secret@redis:6379/2",
}

// load reads the valid environment with changes; an empty value takes a variable away.
func load(changes map[string]string) (Config, error) {
	return Load(func(name string) string {
		if value, changed := changes[name]; changed {
			return value
		}
		return valid[name]
	})
}

func TestDefaults(t *testing.T) {
	c, err := load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Port != 8080 || c.Concurrency != 16 || c.ClaimAfter != 20*time.Second || c.DeliveryAttempts != 8 || c.RetryAfter != time.Second {
		t.Errorf("got %+v", c)
	}
}

func TestRedis(t *testing.T) {
	for name, test := range map[string]struct {
		changes  map[string]string
		address  string
		database int
		tls      bool
	}{
		"URL":                  {nil, "redis:6379", 2, false},
		"URL with TLS":         {map[string]string{"REDIS_URL": "rediss://:secret@cache.example.com:6380"}, "cache.example.com:6380", 0, true},
		"address":              {map[string]string{"REDIS_URL": "", "REDIS_ADDR": "localhost:6379"}, "localhost:6379", 0, false},
		"URL, not the address": {map[string]string{"REDIS_ADDR": "localhost:1"}, "redis:6379", 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(test.changes)
			if err != nil {
				t.Fatal(err)
			}
			if c.Redis.Addr != test.address || c.Redis.DB != test.database || (c.Redis.TLSConfig != nil) != test.tls {
				t.Errorf("got %s, database %d, TLS %v", c.Redis.Addr, c.Redis.DB, c.Redis.TLSConfig != nil)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string]string
		want    string
	}{
		"no database":          {map[string]string{"DATABASE_URL": ""}, "DATABASE_URL: expected postgresql://"},
		"another database":     {map[string]string{"DATABASE_URL": "mysql://secret@a/b"}, "DATABASE_URL: expected postgresql://"},
		"no Redis":             {map[string]string{"REDIS_URL": ""}, `REDIS_ADDR: got ""; expected HOST:PORT`},
		"no URL of a Redis":    {map[string]string{"REDIS_URL": "http://secret@redis"}, "REDIS_URL: expected redis://"},
		"address without port": {map[string]string{"REDIS_URL": "", "REDIS_ADDR": "redis"}, `REDIS_ADDR: got "redis"`},
		"port":                 {map[string]string{"PORT": "http"}, `PORT: got "http"; expected a number from 1 to 65535`},
		"no concurrency":       {map[string]string{"CONCURRENCY": "0"}, `CONCURRENCY: got "0"`},
		"claims what is handled": {
			map[string]string{"CLAIM_AFTER": "10s"}, `CLAIM_AFTER: got "10s"; expected a duration of at least 11s, such as 20s`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(test.changes)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("tells a password: %v", err)
			}
		})
	}
}

func TestSaysAllProblemsAtOnce(t *testing.T) {
	_, err := Load(func(string) string { return "" })
	for _, name := range []string{"DATABASE_URL", "REDIS_ADDR"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
}
