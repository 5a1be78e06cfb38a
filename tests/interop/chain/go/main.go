// SPDX-License-Identifier: Apache-2.0

// One service of a chain, with OpenTelemetry's Go SDK: see hop.cpp.
//
//	hop FORMAT   prints the port that it listens on
//	hop carry    answers carry_headers' questions, see carry_headers.cpp
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sort"
	"strings"

	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/contrib/propagators/jaeger"
	"go.opentelemetry.io/contrib/propagators/ot"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var formats = map[string]propagation.TextMapPropagator{
	"tracecontext": propagation.TraceContext{},
	"baggage":      propagation.Baggage{},
	"tracecontext,baggage": propagation.NewCompositeTextMapPropagator(
		propagation.TraceContext{}, propagation.Baggage{}),
	"b3":      b3.New(b3.WithInjectEncoding(b3.B3SingleHeader)),
	"b3multi": b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader)),
	"jaeger":  jaeger.Jaeger{},
	"ottrace": ot.OT{},
}

func members(ctx context.Context) map[string]string {
	all := map[string]string{}
	for _, member := range baggage.FromContext(ctx).Members() {
		all[member.Key()] = member.Value()
	}
	return all
}

type report struct {
	Service string            `json:"service"`
	Trace   string            `json:"trace"`
	Span    string            `json:"span"`
	Parent  string            `json:"parent"`
	Sampled bool              `json:"sampled"`
	State   string            `json:"state"`
	Baggage map[string]string `json:"baggage"`
}

func seen(ctx context.Context, span trace.Span) report {
	here := span.SpanContext()
	parent := ""
	if recorded, ok := span.(sdk.ReadOnlySpan); ok && recorded.Parent().IsValid() {
		parent = recorded.Parent().SpanID().String()
	}
	return report{"go", here.TraceID().String(), here.SpanID().String(), parent,
		here.IsSampled(), here.TraceState().String(), members(ctx)}
}

func call(ctx context.Context, format propagation.TextMapPropagator, chain string) ([]json.RawMessage, error) {
	first, rest, _ := strings.Cut(chain, ",")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, first, nil)
	if err != nil {
		return nil, err
	}
	if rest != "" {
		request.Header.Set("x-next", rest)
	}
	format.Inject(ctx, propagation.HeaderCarrier(request.Header))
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	var reports []json.RawMessage
	return reports, json.NewDecoder(reply.Body).Decode(&reports)
}

func serve(format propagation.TextMapPropagator) {
	tracer := sdk.NewTracerProvider().Tracer("chain")
	handler := func(response http.ResponseWriter, request *http.Request) {
		ctx := format.Extract(request.Context(), propagation.HeaderCarrier(request.Header))
		ctx, span := tracer.Start(ctx, "GET /")
		defer span.End()
		mine, _ := json.Marshal(seen(ctx, span))
		reports := []json.RawMessage{mine}
		if chain := request.Header.Get("x-next"); chain != "" {
			more, err := call(ctx, format, chain)
			if err != nil {
				http.Error(response, err.Error(), http.StatusBadGateway)
				return
			}
			reports = append(reports, more...)
		}
		_ = json.NewEncoder(response).Encode(reports)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(handler)))
}

type question struct {
	Propagator string      `json:"propagator"`
	Headers    [][2]string `json:"headers"`
}

type answer struct {
	Trace   string      `json:"trace"`
	Span    string      `json:"span"`
	Flags   byte        `json:"flags"`
	State   string      `json:"state"`
	Baggage [][2]string `json:"baggage"`
	Sent    [][2]string `json:"sent"`
}

func carried(asked question) answer {
	headers := http.Header{}
	for _, one := range asked.Headers {
		headers.Add(one[0], one[1])
	}
	format := formats[asked.Propagator]
	ctx := format.Extract(context.Background(), propagation.HeaderCarrier(headers))
	found := answer{Baggage: [][2]string{}, Sent: [][2]string{}}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		found.Trace, found.Span = span.TraceID().String(), span.SpanID().String()
		found.Flags, found.State = byte(span.TraceFlags()), span.TraceState().String()
	}
	for key, value := range members(ctx) {
		found.Baggage = append(found.Baggage, [2]string{key, value})
	}
	sort.Slice(found.Baggage, func(a, b int) bool { return found.Baggage[a][0] < found.Baggage[b][0] })
	sent := http.Header{}
	format.Inject(ctx, propagation.HeaderCarrier(sent))
	for name := range sent {
		found.Sent = append(found.Sent, [2]string{name, sent.Get(name)})
	}
	return found
}

func carry(in io.Reader, out io.Writer) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	answers := json.NewEncoder(out)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(carried(asked)); err != nil {
			log.Fatal(err)
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: hop FORMAT|carry")
	}
	if os.Args[1] == "carry" {
		carry(os.Stdin, os.Stdout)
		return
	}
	format, known := formats[os.Args[1]]
	if !known {
		log.Fatalf("no format is called '%s'", os.Args[1])
	}
	serve(format)
}
