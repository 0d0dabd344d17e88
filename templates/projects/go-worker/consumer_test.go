package main

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// consumer is one of a stream of its own, in the Redis of REDIS_URL. What it handles goes to the channel.
func consumer(t *testing.T) (*Consumer, chan string) {
	t.Helper()
	url := os.Getenv("REDIS_URL")
	if url == "" {
		t.Skip("REDIS_URL names no Redis to test with")
	}
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	stream := fmt.Sprintf("test:%s:%d", t.Name(), time.Now().UnixNano())
	t.Cleanup(func() {
		client.Del(context.Background(), stream)
		client.Close()
	})
	handled := make(chan string, 10)
	return &Consumer{
		Redis: client, Reader: redis.NewClient(options), Stream: stream, Group: "test", Name: "one", MinIdle: time.Minute, MaxBlock: 30 * time.Second,
		Handle: func(_ context.Context, message redis.XMessage) error {
			handled <- message.ID
			return nil
		},
	}, handled
}

// add puts a message into the stream; it gives its id.
func add(t *testing.T, c *Consumer) string {
	t.Helper()
	id, err := c.Redis.XAdd(t.Context(), &redis.XAddArgs{
		Stream: c.Stream, Values: []any{"a", 1},
	}).Result()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestHandlesWhatComes(t *testing.T) {
	c, handled := consumer(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	id := add(t, c)
	if got := <-handled; got != id {
		t.Errorf("handled %s, want %s", got, id)
	}
	cancel()
	<-ended
	if pending := c.Redis.XPending(t.Context(), c.Stream, c.Group).Val(); pending.Count != 0 {
		t.Errorf("%d messages are not acknowledged", pending.Count)
	}
}

func TestStopsWhileItWaits(t *testing.T) {
	c, _ := consumer(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	time.Sleep(300 * time.Millisecond) // until it reads
	cancel()
	select {
	case <-ended:
	case <-time.After(time.Second):
		t.Error("it still waits a second after the context has ended")
	}
}

func TestTakesOverWhatAnotherLeft(t *testing.T) {
	c, handled := consumer(t)
	c.MinIdle = 50 * time.Millisecond
	c.Redis.XGroupCreateMkStream(t.Context(), c.Stream, c.Group, "0")
	id := add(t, c)
	c.Redis.XReadGroup(t.Context(), &redis.XReadGroupArgs{
		Streams: []string{c.Stream, ">"}, Group: c.Group, Consumer: "dead", Count: 1,
	})
	time.Sleep(2 * c.MinIdle)
	go c.Run(t.Context())
	if got := <-handled; got != id {
		t.Errorf("handled %s, want %s", got, id)
	}
}
