package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	starlarkjson "go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// recorded are the builtins whose calls are all that counts of them.
var recorded = []string{
	"ci_settings", "custom_build", "docker_build", "k8s_resource", "k8s_yaml", "local_resource", "version_settings", "warn", "watch_file",
	"watch_settings",
}

// values are the builtins that describe something for others.
var values = []string{"fall_back_on", "port_forward", "sync"}

func (r *recorder) predeclared(path string) starlark.StringDict {
	names := starlark.StringDict{
		"__file__":            starlark.String(path),
		"TRIGGER_MODE_AUTO":   starlark.String("auto"),
		"TRIGGER_MODE_MANUAL": starlark.String("manual"),
		"k8s_context": builtin("k8s_context", func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.String(r.asked.Context), nil
		}),
		"local":       builtin("local", r.local),
		"filter_yaml": builtin("filter_yaml", filterYAML),
		"decode_json": starlarkjson.Module.Members["decode"],
		"os": starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
			"path": starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
				"dirname": builtin("dirname", onPath(func(parts []string) string { return filepath.Dir(parts[0]) })),
				"join":    builtin("join", onPath(func(parts []string) string { return joined(parts) })),
			}),
		}),
		"config": starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
			"main_dir":              starlark.String(filepath.Dir(r.asked.Main)),
			"tilt_subcommand":       starlark.String(r.asked.Subcommand),
			"define_string":         r.record("config.define_string"),
			"define_string_list":    r.record("config.define_string_list"),
			"set_enabled_resources": r.record("config.set_enabled_resources"),
			"parse":                 builtin("parse", func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return r.parsed() }),
		}),
		"workload_to_resource_function": builtin("workload_to_resource_function", func(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			r.nameOf = args[0].(starlark.Callable)
			return starlark.None, nil
		}),
	}
	for _, name := range recorded {
		names[name] = r.record(name)
	}
	for _, name := range values {
		names[name] = builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			described := starlark.NewDict(3)
			must(described.SetKey(starlark.String("is"), starlark.String(name)))
			must(described.SetKey(starlark.String("args"), starlark.NewList(args)))
			for _, pair := range kwargs {
				must(described.SetKey(pair[0], pair[1]))
			}
			return described, nil
		})
	}
	return names
}

func (r *recorder) record(name string) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		made := call{Name: name, Args: []any{}, Kwargs: map[string]any{}}
		for _, each := range args {
			made.Args = append(made.Args, plain(each))
		}
		for _, pair := range kwargs {
			made.Kwargs[string(pair[0].(starlark.String))] = plain(pair[1])
		}
		r.calls = append(r.calls, made)
		return starlark.None, nil
	})
}

func (r *recorder) local(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if r.asked.Local != nil {
		return starlark.String(*r.asked.Local), nil
	}
	words := []string{}
	for _, each := range plain(args[0]).([]any) {
		words = append(words, each.(string))
	}
	asked := program{Run: words}
	for _, pair := range kwargs {
		if pair[0].(starlark.String) == "dir" {
			asked.Dir = string(pair[1].(starlark.String))
		}
	}
	must(json.NewEncoder(os.Stdout).Encode(asked))
	var ended struct {
		Output string
		Error  string
	}
	must(r.answers.Decode(&ended))
	if ended.Error != "" {
		return nil, errors.New(ended.Error)
	}
	return starlark.String(ended.Output), nil
}

func (r *recorder) parsed() (starlark.Value, error) {
	settings := starlark.NewDict(2)
	if r.asked.Profile != "" {
		must(settings.SetKey(starlark.String("profile"), starlark.String(r.asked.Profile)))
	}
	if len(r.asked.Arguments) == 0 {
		return settings, nil
	}
	names := []starlark.Value{}
	for _, each := range r.asked.Arguments {
		names = append(names, starlark.String(each))
	}
	return settings, settings.SetKey(starlark.String("projects"), starlark.NewList(names))
}

var documents = regexp.MustCompile(`(?m)^---\n`)

// filterYAML gives the documents of a file whose kind is as asked, and the others.
func filterYAML(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	text, err := os.ReadFile(string(args[0].(starlark.String)))
	if err != nil {
		return nil, err
	}
	kind := regexp.MustCompile(string(kwargs[0][1].(starlark.String)))
	named := regexp.MustCompile(`(?m)^kind: (\S+)$`)
	sorted := map[bool][]string{}
	for _, each := range documents.Split(string(text), -1) {
		if match := named.FindStringSubmatch(each); match != nil {
			sorted[kind.MatchString(match[1])] = append(sorted[kind.MatchString(match[1])], each)
		}
	}
	together := func(is bool) starlark.Value { return starlark.String(strings.Join(sorted[is], "---\n")) }
	return starlark.Tuple{together(true), together(false)}, nil
}

func onPath(do func(parts []string) string) func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		parts := []string{}
		for _, each := range args {
			parts = append(parts, string(each.(starlark.String)))
		}
		return starlark.String(do(parts)), nil
	}
}

// joined joins as Python does: an absolute part stands for itself.
func joined(parts []string) string {
	path := ""
	for _, part := range parts {
		if filepath.IsAbs(part) {
			path = part
		} else {
			path = filepath.Join(path, part)
		}
	}
	return path
}

func builtin(name string, do func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return do(args, kwargs)
	})
}

// plain is a value as JSON has it.
func plain(value starlark.Value) any {
	text, err := starlark.Call(&starlark.Thread{}, starlarkjson.Module.Members["encode"], starlark.Tuple{value}, nil)
	must(err)
	var decoded any
	must(json.Unmarshal([]byte(text.(starlark.String)), &decoded))
	return decoded
}
