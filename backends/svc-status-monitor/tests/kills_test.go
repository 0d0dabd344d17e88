// Package tests runs the programs as they are, against a real Postgres and Redis.
package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"svc-status-monitor/internal/servicetest"
)

const (
	sites = 50
	flips = 20
	// perKill is how many transitions are told from one kill to the next.
	perKill = 80
)

// world is what the programs watch and tell: sites that are up or down, and a webhook.
type world struct {
	sync.Mutex
	down [sites]bool
	// told counts the calls by key, seen is what the webhook was last told of each site.
	told    map[string]int
	seen    [sites]string
	changed *sync.Cond
}

func newWorld() *world {
	w := &world{told: map[string]int{}}
	w.changed = sync.NewCond(w)
	return w
}

func (w *world) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	w.Lock()
	defer w.Unlock()
	if site, found := strings.CutPrefix(request.URL.Path, "/site/"); found {
		number, _ := strconv.Atoi(site)
		if w.down[number] {
			response.WriteHeader(http.StatusServiceUnavailable)
		}
		return
	}
	var told struct{ URL, To string }
	if err := json.NewDecoder(request.Body).Decode(&told); err != nil {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	key := request.Header.Get("Idempotency-Key")
	w.told[key]++
	if w.told[key] > 1 {
		return
	}
	number, _ := strconv.Atoi(told.URL[strings.LastIndex(told.URL, "/")+1:])
	w.seen[number] = told.To
	w.changed.Broadcast()
}

// count is the number of transitions that were told.
func (w *world) count() int {
	w.Lock()
	defer w.Unlock()
	return len(w.told)
}

// flip changes a site, and waits until the webhook was told.
func (w *world) flip(site int) {
	w.Lock()
	defer w.Unlock()
	w.down[site] = !w.down[site]
	want := map[bool]string{true: "down", false: "up"}[w.down[site]]
	for w.seen[site] != want {
		w.changed.Wait()
	}
}

// program is a process of one of the programs, which is started again as soon as it has ended, as Kubernetes does.
type program struct {
	sync.Mutex
	command *exec.Cmd
	stopped bool
	ended   chan struct{}
}

func start(t *testing.T, path string, env []string) *program {
	t.Helper()
	p := &program{ended: make(chan struct{})}
	p.run(t, path, env)
	go func() {
		defer close(p.ended)
		for {
			p.command.Wait()
			p.Lock()
			if p.stopped {
				p.Unlock()
				return
			}
			p.run(t, path, env)
			p.Unlock()
		}
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

func (p *program) run(t *testing.T, path string, env []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	p.command = exec.Command(path)
	p.command.Env = append(env, fmt.Sprintf("PORT=%d", port))
	p.command.Stderr = os.Stderr
	if err := p.command.Start(); err != nil {
		t.Error(err)
	}
}

func (p *program) kill() {
	p.Lock()
	defer p.Unlock()
	p.command.Process.Kill()
}

// stop ends it as Kubernetes does, and says how long that took.
func (p *program) stop(t *testing.T) {
	p.Lock()
	p.stopped = true
	p.command.Process.Signal(os.Interrupt)
	p.Unlock()
	began := time.Now()
	<-p.ended
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("%s took %s to stop", p.command.Path, took)
	}
}

// Each worker is killed in turn, again and again, while a thousand transitions flow: none is lost, and none is told twice but one
// whose worker was killed between the call and its record, which repeats it under the same key.
func TestKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or more: left out by -short")
	}
	db, address := servicetest.PostgresAt(t)
	_, names := servicetest.Redis(t)
	folder := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", folder+"/", "../cmd/...").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	world := newWorld()
	server := httptest.NewServer(world)
	defer server.Close()
	for site := range sites {
		if _, _, err := db.Register(t.Context(), fmt.Sprintf("%s/site/%d", server.URL, site), server.URL+"/hook", 1); err != nil {
			t.Fatal(err)
		}
	}
	env := append(os.Environ(), "DATABASE_URL="+address, "REDIS_PREFIX="+names.Prefix, "CLAIM_AFTER=11s")
	workers := map[string][]*program{}
	for _, name := range []string{"monitoring", "statuschange", "notification"} {
		for range 2 {
			workers[name] = append(workers[name], start(t, filepath.Join(folder, name), env))
		}
	}
	settled := make(chan struct{})
	kills := 0
	var killing sync.WaitGroup
	killing.Go(func() {
		for {
			select {
			case <-settled:
				return
			case <-time.After(100 * time.Millisecond):
			}
			if world.count() < (kills+1)*perKill {
				continue
			}
			name := []string{"monitoring", "statuschange", "notification"}[kills%3]
			workers[name][kills%2].kill()
			kills++
		}
	})

	var flipping sync.WaitGroup
	for site := range sites {
		flipping.Go(func() {
			for range flips {
				world.flip(site)
			}
		})
	}
	done := make(chan struct{})
	go func() { flipping.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(8 * time.Minute):
		t.Fatalf("%d of %d transitions were told within 8 minutes", world.count(), sites*flips)
	}
	close(settled)
	killing.Wait()
	// What is still pending of the dead would be told now.
	time.Sleep(15 * time.Second)
	world.Lock()
	defer world.Unlock()
	repeated := 0
	for _, times := range world.told {
		repeated += times - 1
	}
	t.Logf("%d transitions, %d kills, %d calls repeated under the same key", len(world.told), kills, repeated)
	if len(world.told) != sites*flips {
		t.Errorf("told of %d transitions, want %d", len(world.told), sites*flips)
	}
	if repeated > kills {
		t.Errorf("%d calls were repeated after %d kills", repeated, kills)
	}
	if kills < 6 {
		t.Errorf("only %d kills", kills)
	}
}

func TestWrongSettings(t *testing.T) {
	command := exec.Command("go", "run", "../cmd/api")
	command.Env = append(os.Environ(), "DATABASE_URL=", "REDIS_URL=", "REDIS_ADDR=")
	var stderr bytes.Buffer
	command.Stderr, command.Stdout = &stderr, io.Discard
	if err := command.Run(); err == nil || !strings.Contains(stderr.String(), "exit status 2") {
		t.Errorf("ended with %v: %s", err, &stderr)
	}
}
