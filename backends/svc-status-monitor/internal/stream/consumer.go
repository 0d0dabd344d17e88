package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"svc-status-monitor/internal/tracing"
)

// Then adds commands to the transaction in which a handled message leaves its stream.
type Then func(ctx context.Context, transaction redis.Pipeliner) error

// ErrHopeless marks the error of a message that no further try would help: it goes to the dead letters.
var ErrHopeless = errors.New("hopeless")

// Consumer is one of a group that shares the messages of a stream. Each message is handled at least once: what a
// consumer that died has left is taken over by another.
type Consumer struct {
	Redis *redis.Client
	// Reader is a client of the same Redis for the reads that wait, and for nothing else: Run closes it.
	Reader *redis.Client
	Stream string
	Group  string
	// Name is unique in the group, and not used again by a later process.
	Name string
	// Handle does the work of a message. After an error the message stays, and is tried again after ClaimAfter.
	Handle func(ctx context.Context, data []byte) (Then, error)
	// Concurrency is how many messages are handled at once.
	Concurrency int
	// ClaimAfter is how long a message stays with a consumer before another takes it over; longer than any handling.
	ClaimAfter time.Duration
	// Handled counts messages by outcome.
	Handled *prometheus.CounterVec
	Log     *slog.Logger

	round   atomic.Int64
	claimed time.Time
	cursor  string
}

// SinceRound tells how long ago the last round began. A Redis that is away doesn't hold rounds up: a restart would not
// bring it back.
func (c *Consumer) SinceRound() time.Duration {
	return time.Since(time.Unix(0, c.round.Load()))
}

// Run reads until the context ends, which breaks off a read that waits; what is being handled then is finished.
func (c *Consumer) Run(ctx context.Context) {
	// The client looks at a context only between commands, so the connection of the read that waits is closed under it.
	// A message that arrives in that moment is pending, like those of consumers that died.
	context.AfterFunc(ctx, func() { c.Reader.Close() })

	slots := make(chan struct{}, c.Concurrency)
	var handling sync.WaitGroup
	for ctx.Err() == nil {
		c.round.Store(time.Now().UnixNano())
		free := acquire(ctx, slots)
		messages, err := c.next(ctx, free)
		if err != nil && ctx.Err() == nil {
			c.Log.Warn("Redis does not answer, next try in 1 s", "error", err)
			pause(ctx, time.Second)
		}
		for range free - len(messages) {
			<-slots
		}
		for _, message := range messages {
			handling.Go(func() {
				defer func() { <-slots }()
				c.settle(context.WithoutCancel(ctx), message)
			})
		}
	}
	handling.Wait()
	c.leave(context.WithoutCancel(ctx))
}

// acquire waits for a slot, and takes as many more as are free; none if the context has ended.
func acquire(ctx context.Context, slots chan struct{}) int {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for taken := 1; ; taken++ {
		select {
		case slots <- struct{}{}:
		default:
			return taken
		}
	}
}

// next gives what others left behind, otherwise what is new; nothing if nothing came.
func (c *Consumer) next(ctx context.Context, count int) ([]redis.XMessage, error) {
	if count == 0 {
		return nil, nil
	}
	// A read that waits delays the next look at what others left, but no stop.
	between := c.ClaimAfter / 8
	if time.Since(c.claimed) > between {
		left, err := c.claim(ctx, count)
		if err != nil || len(left) > 0 {
			return left, err
		}
	}
	streams, err := c.Reader.XReadGroup(ctx, &redis.XReadGroupArgs{
		Streams: []string{c.Stream, ">"}, Group: c.Group, Consumer: c.Name, Count: int64(count), Block: between,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil || len(streams) == 0 {
		// The group may have gone with the data of a Redis that forgets.
		c.claimed = time.Time{}
		return nil, err
	}
	return streams[0].Messages, nil
}

// claim takes messages over that their consumers have had for too long. While there are some it is asked again at once.
func (c *Consumer) claim(ctx context.Context, count int) ([]redis.XMessage, error) {
	err := c.Redis.XGroupCreateMkStream(ctx, c.Stream, c.Group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return nil, err
	}
	if c.cursor == "" {
		c.cursor = "0-0"
	}
	left, cursor, err := c.Redis.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: c.Stream, Group: c.Group, Consumer: c.Name, MinIdle: c.ClaimAfter, Start: c.cursor, Count: int64(count),
	}).Result()
	if err != nil {
		return nil, err
	}
	c.cursor = cursor
	if cursor == "0-0" {
		c.claimed = time.Now()
	}
	if len(left) > 0 {
		c.Log.Info("took messages over", "stream", c.Stream, "count", len(left))
	}
	return left, nil
}

func (c *Consumer) settle(ctx context.Context, message redis.XMessage) {
	data, _ := message.Values["data"].(string)
	ctx, end := tracing.Receive(ctx, c.Stream, message.Values)
	then, err := c.Handle(ctx, []byte(data))
	end(err)
	switch {
	case errors.Is(err, ErrHopeless):
		c.Log.Error("goes to the dead letters", "stream", c.Stream, "id", message.ID, "error", err)
		then = func(ctx context.Context, transaction redis.Pipeliner) error {
			values := []any{"data", data, "reason", err.Error()}
			return transaction.XAdd(ctx, &redis.XAddArgs{Stream: Dead(c.Stream), Values: values}).Err()
		}
		c.Handled.WithLabelValues("dead").Inc()
	case err != nil:
		c.Log.Error("not handled, stays for a later try", "stream", c.Stream, "id", message.ID, "error", err)
		c.Handled.WithLabelValues("failed").Inc()
		return
	default:
		c.Handled.WithLabelValues("done").Inc()
	}
	if err := c.finish(ctx, message.ID, then); err != nil {
		c.Log.Warn("not acknowledged, will be handled once more", "stream", c.Stream, "id", message.ID, "error", err)
	}
}

// finish takes a message from the stream, together with what follows from it.
func (c *Consumer) finish(ctx context.Context, id string, then Then) error {
	_, err := c.Redis.TxPipelined(ctx, func(transaction redis.Pipeliner) error {
		if then != nil {
			if err := then(ctx, transaction); err != nil {
				return err
			}
		}
		transaction.XAck(ctx, c.Stream, c.Group, id)
		transaction.XDel(ctx, c.Stream, id)
		return nil
	})
	return err
}

// leave takes consumers out of the group that have nothing left: this one, and those that died a day ago.
func (c *Consumer) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := leave.Run(ctx, c.Redis, []string{c.Stream}, c.Group, c.Name, (24 * time.Hour).Milliseconds()).Err(); err != nil {
		c.Log.Warn("stays in the group", "stream", c.Stream, "error", fmt.Errorf("leaving: %w", err))
	}
}

// A consumer with pending messages stays: taking it out would lose them.
var leave = redis.NewScript(`
local left = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #fields, 2 do consumer[fields[i]] = fields[i + 1] end
  if consumer.pending == 0 and (consumer.name == ARGV[2] or consumer.idle > tonumber(ARGV[3])) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
    left = left + 1
  end
end
return left`)

func pause(ctx context.Context, duration time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(duration):
	}
}
