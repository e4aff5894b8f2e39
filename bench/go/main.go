// The same work as the other servers of the benchmark, with Go's standard library.
package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	app   = "1400000000"
	token = "token-of-the-benchmark"
	ok    = `{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}`
)

type callback struct {
	CallbackCommand string
	GroupId         string
	EventTime       int64
	MsgBody         []struct {
		MsgType    string
		MsgContent map[string]any
	}
}

var handlers = map[string]func(*callback){
	"Group.CallbackAfterGroupFull": func(*callback) {},
	"Group.CallbackBeforeSendMsg":  func(*callback) {},
	"Group.CallbackAfterSendMsg":   func(*callback) {},
}

func isGenuine(sign, requestTime string) bool {
	seconds, err := strconv.ParseInt(requestTime, 10, 64)
	if err != nil || math.Abs(float64(time.Now().Unix()-seconds)) > 60 {
		return false
	}
	sum := sha256.Sum256([]byte(token + requestTime))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(sign)) == 1
}

func handle(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("SdkAppid") != app || !isGenuine(query.Get("Sign"), query.Get("RequestTime")) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	var body callback
	if err != nil || json.Unmarshal(text, &body) != nil || body.GroupId == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if handler := handlers[query.Get("CallbackCommand")]; handler != nil {
		handler(&body)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(ok)))
	io.WriteString(w, ok)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("{\"url\":\"http://%s/\"}\n", listener.Addr())
	panic(http.Serve(listener, http.HandlerFunc(handle)))
}
