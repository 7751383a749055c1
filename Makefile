.PHONY: demo test build

# The main job: a simulated platform streamed into a running haris, its pages at http://127.0.0.1:8420.
demo: build
	./haris demo

# Everything that must hold; .ci/run calls it.
test:
	scripts/test

build:
	CGO_ENABLED=0 go build -o haris ./cmd/haris
