"""Words that stand in requests where they should not."""

METHODS = (
    *(b"GET", b"HEAD", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"post", b"Post"),
    b"POSTT",
    *(b"", b"P OST", b"P\x00ST", b"\xffOST", b"POST\t", b"BREW", b"PRI", b"M-SEARCH", b"QUERY"),
    *(b"A" * 5000, b"*"),
)
VERSIONS = (
    *(b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.1 ", b"HTTP/1.", b"HTTP/1.1\x00"),
    *(b"http/1.1", b""),
    *(b"HTTP/11", b"HTTP/1.1.1", b"HTTQ/1.1", b"RTSP/1.0", b"HTTP/-1.1", b"HTTP/\xff", b"HTTP/1.1" * 200),
    b"1.1",
)
ADDRESSES = (
    *(b"http://evil.test/v1/events/purchase", b"https://a:b@c:99999/v1/events", b"//v1/events"),
    b"/v1//events",
    *(b"/v1/events/", b"/v1/events/purchase/", b"/V1/EVENTS", b"/v1/events/..", b"/v1/events/../schemas"),
    b"/./v1/events",
    *(b"/v1/events/%70urchase", b"/v1/events/purchase%00", b"/v1/events/%2e%2e%2f", b"/v1%2Fevents"),
    b"/v1/events/%",
    *(b"/v1/events/%zz", b"/v1/events/%ff%fe", b"/v1/events/%c0%ae", b"/v1/events/%u0041"),
    b"/v1/events/%25%30%30",
    *(b"/v1/events?a=1", b"/v1/events/purchase?" + b"a" * 3000, b"/v1/events#a", b"/v1/events;a=1", b"*"),
    *(b"", b"/"),
    *(b"/v1/events/purchase\x00", b"/v1/events/\xc3\xa9", b"/v1/events/\xff", b"/v1/events/" + b"a" * 20_000),
    *(b"/" * 5000, b"/v1/events/" + b"%41" * 3000, b"v1/events", b"evil.test:80", b"\\v1\\events"),
    b"/v1/events/\x01",
    *(b"/docs/assets/../../../../etc/passwd", b"/docs/assets/%2e%2e/%2e%2e/etc/passwd"),
    b"/docs/assets/..%5c..%5ca",
    *(b"/docs/assets//etc/passwd", b"/docs/assets/%00", b"/docs/assets/" + b"a/" * 2000, b"/docs/assets"),
    b"/docs/",
    *(b"/docs/assets/\xff", b"/docs/assets/" + b"a" * 300, b"/docs/assets/swagger-ui.css%00.png"),
    b"/docs/assets/.",
    *(b"/v1/schemas/purchase/9.9", b"/v1/schemas/purchase/..", b"/v1/schemas/%00/%00"),
    b"/v1/schemas/purchase/1.0/",
    *(b"/v1/schemas/__proto__/1.0", b"/openapi.json/", b"/openapi.json%20", b"/metrics/"),
    *(b"/healthz/../readyz", b"/readyz?a"),
)
READ = (
    b"/v1/schemas",
    b"/openapi.json",
    b"/docs",
    b"/healthz",
    b"/metrics",
    b"/v1/schemas/purchase/1.0",
    b"/nothing",
)
NAMES = (
    *(b"", b" ", b"a b", b"a\x00", b"\xff", b"a\t", b"\xc3\xa9", b"(a)", b"a:", b"@", b"A" * 5000, b"{}"),
    *(b"\x7f", b"a=b"),
    *(b"Content-Length ", b" Content-Length", b"Content_Length", b"Transfer-Encoding ", b"Host\x0b"),
    b":authority",
)
VALUES = (
    *(b"", b"\x00", b"\xff\xfe", b"a\rb", b"a\nb: c", b"\x7f", b"a" * 9000, b"\x01\x02", b"\xc3\xa9"),
    *(b"%00", b"\t\t", b","),
    *(b"a\r\n b", b"a\r\n\tb", b"${jndi:ldap://a}", b"() { :;}; a", b"\x1b[2J", b'"', b"\\", b"\x0b"),
    *(b"\x85", b"\xa0"),
)
LENGTHS = (
    *(b"", b"-1", b"+5", b"0x5", b"1e3", b"5, 5", b"5,6", b"5 5", b"05", b"9" * 19, b"9" * 30, b"5.0"),
    *(b"five", b"\xd9\xa5"),
    *(b"4294967296", b"18446744073709551616", b" 5 ", b"5;", b"5\x00", b"\t5", b"0", b"1", b"null", b"5\x0b"),
)
CODINGS = (
    *(b"chunked, chunked", b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"xchunked"),
    *(b"Chunked", b" chunked"),
    *(b"chunked;a=b", b'"chunked"', b"chunked\x00", b"chunk", b"", b",chunked", b"chunked,"),
    *(b"\x0bchunked", b"cHuNkEd"),
)
SIZES = (
    *(b"-1", b"+1", b"0x5", b"fffffffffffffffff", b"7fffffff", b"ffffffffffffffff", b"g", b"", b" 5"),
    *(b"5 ", b"5;a=b"),
    *(b'5;a="\r\n"', b"00000000005", b"5\x00", b"5;" + b"a" * 9000, b"0;a", b"5\t", b"\xd9\xa5", b"5,5"),
    *(b"5.", b"1e1"),
)
FIELDS = (
    *(b"Expect: 100-continue", b"Expect: 200-ok", b"Upgrade: websocket\r\nConnection: upgrade"),
    b"Connection: close",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ",
    b"Connection: \x00",
    *(b"Connection: keep-alive, close", b"Connection: Host", b"Range: bytes=0-0,-1"),
    *(b"If-None-Match: \xff", b"TE: trailers"),
    *(b"If-None-Match: *", b"If-None-Match: " + b'"a",' * 1000, b"If-Modified-Since: \xff"),
    *(b"Accept: \x80", b"Cookie: a=" + b"b" * 6000),
    *(b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-Proto: \xff", b"X-HTTP-Method-Override: GET"),
    b"Forwarded: for=\x00",
    *(b"Host: b", b"Host:", b"Host: a b", b"Host: \xff", b"Origin: null", b"Origin: \xff\xfe"),
    *(b"Proxy-Connection: a", b"Via: \xff"),
    *(b"Access-Control-Request-Method: POST\r\nOrigin: a", b"Content-Type: text/plain"),
    b"Content-Encoding: gzip",
    *(b"Questlog-Request-Id: a", b"Questlog-Sent-At: \xff", b"traceparent: 00-\xff"),
    *(b"Trailer: Authorization", b"Keep-Alive: \xff"),
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA",
)
NOT_HTTP = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    *(b"\x00" * 500, b"\r\n" * 500, b"SSH-2.0-a\r\n", b"GET\r\n\r\n", b"*1\r\n$4\r\nPING\r\n"),
    *(b"\x80\x80\x01\x03\x01", b"\n\n\n"),
    *(b"EHLO a\r\n", b"{}\r\n\r\n", b"\x05\x01\x00", b" " * 9000, b"A" * 70_000, b": \r\n\r\n"),
    b"HTTP/1.1 200 OK\r\n\r\n",
    *(b"PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\nGET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1"),
    b"GET /" + b"a" * 70_000,
)
