// Runs a Tiltfile in the interpreter that Tilt has, with builtins that record how they were called.
//
// Reads a question as JSON from stdin and prints the calls as JSON. For each program that `local` runs it prints that
// program, and reads what it printed, unless the question has an answer for it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

type question struct {
	// Main is the path of the Tiltfile.
	Main       string
	Subcommand string
	Context    string
	// Arguments are those of the command line, after `tilt up`.
	Arguments []string
	// Profile is the value of --profile among them; "" if it is not given.
	Profile string
	// Local is what each call of `local` answers; without it whoever asks runs the programs.
	Local *string
	// Workloads are the objects that Tilt asks names for, as [kind, namespace, name].
	Workloads [][3]string
}

type call struct {
	Name   string         `json:"name"`
	Args   []any          `json:"args"`
	Kwargs map[string]any `json:"kwargs"`
}

// program is what `local` is to run, and where.
type program struct {
	Run []string `json:"run"`
	Dir string   `json:"dir"`
}

type answer struct {
	Calls []call `json:"calls"`
	// Names are what workload_to_resource_function gave for the question's workloads.
	Names []string `json:"names"`
	Error string   `json:"error,omitempty"`
}

// Tilt's own, of internal/tiltfile/starkit/environment.go.
var options = &syntax.FileOptions{
	Set:             true,
	GlobalReassign:  true,
	Recursion:       true,
	TopLevelControl: true,
	While:           true,
}

func main() {
	var asked question
	input := json.NewDecoder(os.Stdin)
	must(input.Decode(&asked))
	recorder := &recorder{asked: asked, answers: input, modules: map[string]*module{}}
	_, err := recorder.load(asked.Main)
	result := answer{Calls: recorder.calls, Names: []string{}}
	if err == nil && recorder.nameOf != nil {
		result.Names, err = recorder.names()
	}
	if err != nil {
		result.Error = err.Error()
	}
	must(json.NewEncoder(os.Stdout).Encode(result))
}

type module struct {
	globals starlark.StringDict
	err     error
}

type recorder struct {
	asked question
	// answers says what programs printed.
	answers *json.Decoder
	calls   []call
	modules map[string]*module
	nameOf  starlark.Callable
}

// load runs a file once, as Tilt does; the names that it loads are relative to its folder.
func (r *recorder) load(path string) (starlark.StringDict, error) {
	if found, ok := r.modules[path]; ok {
		return found.globals, found.err
	}
	thread := &starlark.Thread{
		Name: path,
		Load: func(_ *starlark.Thread, name string) (starlark.StringDict, error) {
			return r.load(filepath.Join(filepath.Dir(path), name))
		},
	}
	globals, err := starlark.ExecFileOptions(options, thread, path, nil, r.predeclared(path))
	r.modules[path] = &module{globals, err}
	return globals, err
}

func (r *recorder) names() ([]string, error) {
	names := []string{}
	for _, each := range r.asked.Workloads {
		id := starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
			"kind": starlark.String(each[0]), "namespace": starlark.String(each[1]), "name": starlark.String(each[2]),
		})
		name, err := starlark.Call(&starlark.Thread{}, r.nameOf, starlark.Tuple{id}, nil)
		if err != nil {
			return names, err
		}
		names = append(names, string(name.(starlark.String)))
	}
	return names, nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
