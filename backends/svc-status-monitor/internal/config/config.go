// Package config reads the settings from the environment, all problems at once.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Config is what the programs need to know. Each program uses its part.
type Config struct {
	DatabaseURL string
	Redis       *redis.Options
	// RedisPrefix stands before every key.
	RedisPrefix string
	Port        int
	// Concurrency is how many messages a worker handles at once.
	Concurrency int
	// ClaimAfter is how long a message stays with a worker before another takes it over.
	ClaimAfter time.Duration
	// DeliveryAttempts is how often a webhook is called before its transition goes to the dead letters.
	DeliveryAttempts int
	// RetryAfter is the pause after the first failed delivery; it doubles with each further one.
	RetryAfter time.Duration
}

// Longest is how long a check or a call of a webhook may take. ClaimAfter is longer, so that nobody takes over what is
// still being handled.
const Longest = 10 * time.Second

// Load reads the environment through get, which is os.Getenv but in tests.
func Load(get func(string) string) (Config, error) {
	read := reader{get: get}
	c := Config{
		DatabaseURL:      read.databaseURL(),
		Redis:            read.redis(),
		RedisPrefix:      cmp.Or(get("REDIS_PREFIX"), "status"),
		Port:             read.integer("PORT", 8080, 1, 65535),
		Concurrency:      read.integer("CONCURRENCY", 16, 1, 1000),
		ClaimAfter:       read.duration("CLAIM_AFTER", 20*time.Second, Longest+time.Second),
		DeliveryAttempts: read.integer("DELIVERY_ATTEMPTS", 8, 1, 100),
		RetryAfter:       read.duration("RETRY_AFTER", time.Second, time.Millisecond),
	}
	return c, errors.Join(read.problems...)
}

type reader struct {
	get      func(string) string
	problems []error
}

func (r *reader) problem(format string, values ...any) {
	r.problems = append(r.problems, fmt.Errorf(format, values...))
}

func (r *reader) databaseURL() string {
	value := r.get("DATABASE_URL")
	parsed, err := url.Parse(value)
	// The value is not repeated: it holds a password.
	if err != nil || parsed.Host == "" || (parsed.Scheme != "postgres" && parsed.Scheme != "postgresql") {
		r.problem("DATABASE_URL: expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	return value
}

// redis takes REDIS_URL, else REDIS_ADDR.
func (r *reader) redis() *redis.Options {
	if value := r.get("REDIS_URL"); value != "" {
		options, err := redis.ParseURL(value)
		if err != nil {
			r.problem("REDIS_URL: expected redis://:PASSWORD@HOST:PORT/DATABASE, or rediss://… for TLS")
		}
		return options
	}
	address := r.get("REDIS_ADDR")
	if _, _, err := net.SplitHostPort(address); err != nil {
		r.problem("REDIS_ADDR: got %q; expected HOST:PORT, or REDIS_URL instead", address)
	}
	return &redis.Options{Addr: address}
}

func (r *reader) integer(name string, otherwise, least, most int) int {
	value := r.get(name)
	if value == "" {
		return otherwise
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < least || number > most {
		r.problem("%s: got %q; expected a number from %d to %d", name, value, least, most)
	}
	return number
}

func (r *reader) duration(name string, otherwise, least time.Duration) time.Duration {
	value := r.get(name)
	if value == "" {
		return otherwise
	}
	duration, err := time.ParseDuration(value)
	if err != nil || duration < least {
		r.problem("%s: got %q; expected a duration of at least %s, such as %s", name, value, least, otherwise)
	}
	return duration
}
