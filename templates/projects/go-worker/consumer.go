package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Consumer is one of a group that shares the messages of a stream.
type Consumer struct {
	Redis *redis.Client
	// Reader is a client of the same Redis for the reads that wait, and for nothing else: Run closes it.
	Reader *redis.Client
	Stream string
	Group  string
	// Name is unique in the group.
	Name   string
	Handle func(context.Context, redis.XMessage) error
	// MinIdle is how long a message stays with a consumer before another takes it over; longer than any handling takes.
	MinIdle time.Duration
	// MaxBlock is how long a round waits for messages. It delays no stop.
	MaxBlock time.Duration

	round atomic.Int64
}

// SinceRound tells how long ago the last round began. A Redis that is away doesn't hold rounds up: a restart wouldn't
// bring it back.
func (c *Consumer) SinceRound() time.Duration {
	return time.Since(time.Unix(0, c.round.Load()))
}

// Run reads until the context ends, which breaks off a read that waits; what is being handled then is finished.
func (c *Consumer) Run(ctx context.Context) {
	// The client looks at a context only between commands, so the connection of the read that waits is closed under it.
	// A message that arrives in that moment is pending, like those of consumers that died.
	context.AfterFunc(ctx, func() { c.Reader.Close() })
	for ctx.Err() == nil {
		c.round.Store(time.Now().UnixNano())
		messages, err := c.next(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Warn("Redis does not answer, next try in 2 s", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(2 * time.Second):
			}
		}
		for _, message := range messages {
			c.round.Store(time.Now().UnixNano())
			c.settle(context.WithoutCancel(ctx), message)
		}
	}
}

// next gives what others left behind, otherwise what is new; nothing if nothing came.
func (c *Consumer) next(ctx context.Context) ([]redis.XMessage, error) {
	err := c.Redis.XGroupCreateMkStream(ctx, c.Stream, c.Group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return nil, err
	}
	left, _, err := c.Redis.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: c.Stream, Group: c.Group, Consumer: c.Name, MinIdle: c.MinIdle, Start: "0", Count: 10,
	}).Result()
	if err != nil || len(left) > 0 {
		return left, err
	}
	streams, err := c.Reader.XReadGroup(ctx, &redis.XReadGroupArgs{
		Streams: []string{c.Stream, ">"}, Group: c.Group, Consumer: c.Name, Count: 10, Block: c.MaxBlock,
	}).Result()
	if errors.Is(err, redis.Nil) || len(streams) == 0 {
		return nil, ignoreNil(err)
	}
	return streams[0].Messages, err
}

func (c *Consumer) settle(ctx context.Context, message redis.XMessage) {
	if err := c.Handle(ctx, message); err != nil {
		slog.Error("not handled, stays for a later try", "id", message.ID, "error", err)
		return
	}
	if err := c.Redis.XAck(ctx, c.Stream, c.Group, message.ID).Err(); err != nil {
		slog.Warn("not acknowledged, will be handled once more", "id", message.ID, "error", err)
	}
}

func ignoreNil(err error) error {
	if errors.Is(err, redis.Nil) {
		return nil
	}
	return err
}
