package main // a receiver of Tencent IM callbacks with Go's own library: TOKEN=… go run receiver.go 3000

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func isGenuine(at, given string) bool {
	sum := sha256.Sum256([]byte(os.Getenv("TOKEN") + at))
	seconds, _ := strconv.ParseInt(at, 10, 64)
	isEqual := subtle.ConstantTimeCompare([]byte(fmt.Sprintf("%x", sum)), []byte(given)) == 1
	return isEqual && time.Since(time.Unix(seconds, 0)).Abs() < time.Minute
}
func handle(command, body, id string) string { // body is JSON; the same id may come again
	if command == "Group.CallbackBeforeSendMsg" && strings.Contains(body, "casino") {
		return `{"ActionStatus":"OK","ErrorInfo":"not here","ErrorCode":10100}`
	}
	fmt.Println(command, id)
	return `{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}`
}
func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		body, _ := io.ReadAll(r.Body)
		if !isGenuine(query.Get("RequestTime"), query.Get("Sign")) {
			w.WriteHeader(401)
			return
		}
		fmt.Fprint(w, handle(query.Get("CallbackCommand"), string(body), query.Get("RequestID")))
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
