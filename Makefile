.PHONY: demo test train evaluate

demo:
	sh framing.sh demo

test:
	sh framing.sh test

train:
	sh framing.sh run train

evaluate:
	sh framing.sh run evaluate
