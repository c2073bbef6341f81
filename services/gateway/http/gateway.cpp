#include "services/gateway/http/gateway.h"

#include <openssl/rand.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/text.h"
#include "services/gateway/domain/codes.h"
#include "services/gateway/http/signal.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;

constexpr char kCookie[] = "tonghu_session";
constexpr size_t kMostToken = 512;
constexpr size_t kMostPurpose = 200;
constexpr size_t kMostAgent = 200;
constexpr auto kLongestQuestion = std::chrono::seconds(30);  // beyond every time-out that Identities has

std::string HttpDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

// A header's text may hold percent escapes, since HTTP's own characters are ASCII.
std::string PurposeOf(const Headers& headers) {
  const auto decoded = ParseTarget(absl::StrCat("/", Header(headers, "tonghu-purpose")));
  return decoded.ok() ? rpc::CleanText(decoded->path.substr(1), kMostPurpose) : std::string();
}

grpc::Status Foreign() {
  return rpc::ToGrpc(
      refusal::Make({absl::StatusCode::kPermissionDenied, "ORIGIN_FOREIGN", "",
                     "a page of another site may not call in the name of who is signed in here",
                     "请求来自其他网站，已被拒绝；请从本系统页面操作。"}));
}

prometheus::Counter& Requests(metrics::Metrics& metrics, const std::string& kind) {
  return metrics.Counter("tonghu_gateway_requests_total", "requests by what they wanted", {{"kind", kind}});
}

grpc::Status TooMany() {
  return rpc::ToGrpc(refusal::Make({absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLS", "",
                                    "too many calls in ten seconds; try again in a moment",
                                    "操作过于频繁，请稍候十秒再试。"}));
}

// g++ 12 can't build lists within a co_await.
Headers AllowedVerbs(bool may_get) { return {{"Allow", may_get ? "GET, POST" : "POST"}}; }

Headers AcceptedTypes(bool streams) {
  return {{"Accept-Post", streams ? "application/connect+json, application/connect+proto"
                                  : "application/json, application/proto"}};
}

}  // namespace

absl::StatusOr<absl::Duration> TimeoutOf(const Visit& visit) {
  const absl::string_view header = Header(visit.request->headers, "connect-protocol-version");
  const auto parameter = visit.target.query.find("connect");
  const bool header_known = header.empty() || header == "1";
  if (!header_known || (parameter != visit.target.query.end() && parameter->second != "v1"))
    return absl::InvalidArgumentError("this version of the Connect protocol is not known; it must be 1");
  return ParseTimeout(Header(visit.request->headers, "connect-timeout-ms"));
}

std::string NewNonce() {
  unsigned char bytes[16];
  RAND_bytes(bytes, sizeof bytes);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
}

grpc::Status Plain(const absl::Status& status) {
  if (refusal::IsRefusal(status)) return rpc::ToGrpc(status);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

CallError ErrorOf(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message(), status.error_details()};
}

Gateway::Gateway(const GatewayParts& parts, Manners manners)
    : schema_(parts.schema),
      site_(parts.site),
      backends_(parts.backends),
      identities_(parts.identities),
      rates_(parts.rates),
      manners_(std::move(manners)),
      limits_(parts.limits),
      clock_(parts.clock),
      wall_(parts.wall),
      calls_(Requests(parts.metrics, "call")),
      pages_(Requests(parts.metrics, "page")),
      refused_(Requests(parts.metrics, "refused")),
      streams_(parts.metrics.Gauge("tonghu_gateway_streams", "streams of answers that are open")) {}

asio::awaitable<void> Gateway::Handle(Connection& connection, const Request& request) {
  auto target = ParseTarget(request.target);
  if (!target.ok()) {
    Visit unknown;
    unknown.request = &request;
    co_await Refuse(connection, unknown, 400);
    co_return;
  }
  const Visit visit = Look(connection, request, *std::move(target));
  Passage passage;
  passage.method = FindMethod(visit.target.path, passage.service);
  if (passage.method != nullptr) {
    calls_.Increment();
    co_await Call(connection, visit, passage);
  } else if (request.verb == "GET" || request.verb == "HEAD") {
    co_await ServePage(connection, visit);
  } else {
    co_await Refuse(connection, visit, 404);
  }
}

Visit Gateway::Look(const Connection& connection, const Request& request, Target target) const {
  Visit visit;
  visit.request = &request;
  visit.target = std::move(target);
  const bool proxied = manners_.proxies.Contains(PlainAddress(connection.address()));
  visit.caller.address =
      ClientAddress(connection.address(), Header(request.headers, "x-forwarded-for"), manners_.proxies);
  visit.https = proxied && Header(request.headers, "x-forwarded-proto") == "https";
  visit.caller.user_agent = rpc::CleanText(std::string(Header(request.headers, "user-agent")), kMostAgent);
  visit.caller.purpose = PurposeOf(request.headers);
  absl::string_view bearer = Header(request.headers, "authorization");
  if (absl::ConsumePrefix(&bearer, "Bearer ")) {
    visit.caller.token = std::string(absl::StripAsciiWhitespace(bearer));
  } else {
    visit.caller.token = CookieOf(Header(request.headers, "cookie"), kCookie);
    visit.by_cookie = !visit.caller.token.empty();
  }
  // Such a text is none of access's tokens.
  if (visit.caller.token.size() > kMostToken || !rpc::IsUtf8(visit.caller.token)) visit.caller.token.clear();
  return visit;
}

// APIs that every service has are asked for behind the service's name:
// /pairing/tonghu.journal.v1.JournalService/GetStatus.
const Method* Gateway::FindMethod(absl::string_view path, std::string& service) const {
  if (const Method* method = schema_.Find(path); method != nullptr && !method->service.empty()) {
    service = method->service;
    return method;
  }
  const size_t slash = path.find('/', 1);
  if (slash == absl::string_view::npos) return nullptr;
  const Method* method = schema_.Find(path.substr(slash));
  service = std::string(path.substr(1, slash - 1));
  return method != nullptr && method->service.empty() && backends_.Stub(service) != nullptr ? method
                                                                                            : nullptr;
}

Headers Gateway::Common(const Visit& visit) const {
  Headers headers = {{"Date", HttpDate(clock_.Now())},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (visit.https) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  return headers;
}

Headers Gateway::DataHeaders(const Visit& visit, absl::string_view type) const {
  Headers headers = Common(visit);
  headers.emplace_back("Content-Type", type);
  headers.emplace_back("Cache-Control", "no-store");
  return headers;
}

asio::awaitable<void> Gateway::Refuse(Connection& connection, const Visit& visit, int status,
                                      Headers headers) {
  refused_.Increment();
  Answer answer;
  answer.status = status;
  answer.headers = DataHeaders(visit, "text/plain; charset=utf-8");
  for (auto& header : headers) answer.headers.push_back(std::move(header));
  co_await connection.Write(std::move(answer));
}

asio::awaitable<void> Gateway::ServePage(Connection& connection, const Visit& visit) {
  const Page* page = site_.Find(visit.target.path);
  if (page == nullptr) {
    co_await Refuse(connection, visit, 404);
    co_return;
  }
  pages_.Increment();
  Answer answer;
  answer.headers = Common(visit);
  const std::string nonce = page->nonced ? NewNonce() : "";
  answer.headers.emplace_back("Content-Security-Policy",
                              absl::StrCat("default-src 'self'; style-src 'self'",
                                           nonce.empty() ? "" : absl::StrCat(" 'nonce-", nonce, "'"),
                                           "; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                                           "form-action 'self'; frame-ancestors 'none'"));
  answer.headers.emplace_back("X-Frame-Options", "DENY");
  answer.headers.emplace_back("Cache-Control",
                              page->lasting ? "public, max-age=31536000, immutable" : "no-cache");
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (!page->nonced) answer.headers.emplace_back("ETag", page->etag);
  if (!page->nonced && Header(visit.request->headers, "if-none-match") == page->etag) {
    answer.status = 304;
    co_await connection.Write(std::move(answer));
    co_return;
  }
  answer.headers.emplace_back("Content-Type", page->type);
  const bool packed = !page->packed.empty() && AcceptsGzip(Header(visit.request->headers, "accept-encoding"));
  if (packed) answer.headers.emplace_back("Content-Encoding", "gzip");
  answer.body = packed ? page->packed : page->body;
  if (page->nonced)
    answer.body = absl::StrReplaceAll(page->body, {{"__CSP_NONCE__", nonce},
                                                   {"__SSO_PATH__", manners_.sso_path},
                                                   {"__SSO_SIGN_OUT__", manners_.sso_sign_out}});
  co_await connection.Write(std::move(answer));
}

asio::awaitable<void> Gateway::Call(Connection& connection, Visit visit, Passage passage) {
  const Request& request = *visit.request;
  const bool get = request.verb == "GET";
  const bool may_get = passage.method->safe && !passage.method->streams();
  if (request.verb != "POST" && !(get && may_get)) {
    const Headers allowed = AllowedVerbs(may_get);
    co_await Refuse(connection, visit, 405, allowed);
    co_return;
  }
  std::optional<MediaType> type;
  if (get) {
    const auto encoding = visit.target.query.find("encoding");
    const std::string codec = encoding == visit.target.query.end() ? "" : encoding->second;
    if (codec == "json" || codec == "proto")
      type = MediaType{codec == "json" ? Codec::kJson : Codec::kProto, false};
  } else {
    type = ParseMediaType(Header(request.headers, "content-type"));
  }
  if (!type.has_value() || type->stream != passage.method->streams()) {
    const Headers accepted = AcceptedTypes(passage.method->streams());
    co_await Refuse(connection, visit, 415, accepted);
    co_return;
  }
  passage.type = *type;
  if (passage.type.stream) {
    passage.request_encoding = std::string(Header(request.headers, "connect-content-encoding"));
    passage.gzip = AcceptsGzip(Header(request.headers, "connect-accept-encoding"));
    co_await Stream(connection, visit, passage);
  } else {
    passage.request_encoding = std::string(Header(request.headers, "content-encoding"));
    const auto compression = visit.target.query.find("compression");
    if (get) passage.request_encoding = compression == visit.target.query.end() ? "" : compression->second;
    passage.gzip = AcceptsGzip(Header(request.headers, "accept-encoding"));
    co_await Unary(connection, visit, passage);
  }
}

asio::awaitable<Issued> Gateway::Ask(Connection& connection, const Visit& visit, const Passage& passage) {
  const auto issued = std::make_shared<Issued>();
  const auto asked = std::make_shared<Signal>(connection.executor());
  const Identities::Done done = [issued, asked, executor = connection.executor()](const grpc::Status& status,
                                                                                  const Known& known) {
    issued->status = status;
    issued->known = known;
    asio::post(executor, [asked] { asked->Set(); });
  };
  identities_.Ask(visit.caller, passage.service, done);
  co_await asked->Wait(kLongestQuestion);
  co_return *issued;
}

asio::awaitable<grpc::Status> Gateway::Identify(Connection& connection, const Visit& visit,
                                                const Passage& passage, Headers& metadata) {
  if (manners_.open) co_return grpc::Status::OK;
  const absl::Time now = wall_.Now();
  if (!rates_.Take(visit.caller.address, manners_.calls_per_address, now)) co_return TooMany();
  const Headers& headers = visit.request->headers;
  // A cookie goes with every request of a browser; another site's page must not use it.
  const bool foreign = IsForeign(Header(headers, "origin"), Header(headers, "sec-fetch-site"),
                                 Header(headers, "host"), manners_.origins);
  const bool by_browser = visit.by_cookie || passage.method->session != api::v1::SESSION_EFFECT_UNSPECIFIED;
  if (foreign && by_browser) co_return Foreign();
  if (passage.method->session != api::v1::SESSION_EFFECT_UNSPECIFIED) {
    metadata.emplace_back("tonghu-address", visit.caller.address);
    metadata.emplace_back("tonghu-user-agent", visit.caller.user_agent);
    co_return grpc::Status::OK;
  }
  const Issued issued = co_await Ask(connection, visit, passage);
  if (!issued.status.ok()) co_return issued.status;
  if (!rates_.Take(issued.known.account, manners_.calls_per_account, now)) co_return TooMany();
  metadata.emplace_back("tonghu-identity-bin", issued.known.identity);
  co_return grpc::Status::OK;
}

}  // namespace tonghu::gateway
