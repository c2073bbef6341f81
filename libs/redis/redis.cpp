#include "libs/redis/redis.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::redis {
namespace {

using Steady = std::chrono::steady_clock;  // a jump of the wall clock must not stretch a wait
using Context = std::unique_ptr<redisContext, void (*)(redisContext*)>;
using Reply = std::unique_ptr<redisReply, void (*)(void*)>;

constexpr absl::Duration kLongest = absl::Hours(24 * 366);

// The script counts and sets the end of the window in one step on the server: a caller that dies in between
// would leave a counter without an end.
constexpr char kCount[] =
    "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return "
    "n";

// One try, with the times in milliseconds: now, the free tries, the first and the longest wait, and when the
// key is forgotten. A wait longer than the longest was counted by a clock that has gone back since.
constexpr char kTry[] =
    "local now, free, first, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), "
    "tonumber(ARGV[4]) "
    "local left = tonumber(redis.call('HGET', KEYS[1], 'until') or '0') - now "
    "if left > 0 and left <= longest then return left end "
    "local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1) "
    "local wait = 0 "
    "if tries >= free then wait = math.min(longest, first * 2 ^ math.min(tries - free, 30)) end "
    "redis.call('HSET', KEYS[1], 'until', string.format('%d', now + wait)) "
    "redis.call('PEXPIRE', KEYS[1], ARGV[5]) return 0";

// Adds the member and sets the end of the set in one step.
constexpr char kAdd[] = "redis.call('SADD', KEYS[1], ARGV[1]) return redis.call('PEXPIRE', KEYS[1], ARGV[2])";

std::string Millis(absl::Duration duration) { return absl::StrCat(absl::ToInt64Milliseconds(duration)); }

absl::Status Late() { return absl::DeadlineExceededError("redis: no answer in time"); }
absl::Status Broken(const char* what) { return absl::UnavailableError(absl::StrCat("redis: ", what)); }

// What is left until the deadline; zero when it has passed.
timeval Until(Steady::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - Steady::now()).count();
  const int64_t micros = std::clamp<int64_t>(left, 0, 3'600'000'000);
  return {micros / 1'000'000, micros % 1'000'000};
}

bool IsOver(const timeval& left) { return left.tv_sec == 0 && left.tv_usec == 0; }

// Takes an error's first word only ("OOM", "LOADING"): the rest may repeat what was sent.
absl::Status Refused(const redisReply& reply) {
  const std::string text(reply.str, reply.len);
  return absl::UnavailableError(
      absl::StrCat("redis: refused: ", text.substr(0, std::min<size_t>(text.find(' '), 40))));
}

}  // namespace

struct Client::State {
  State(std::string path, absl::Duration limit)
      : socket_path(std::move(path)), timeout(std::clamp(limit, absl::Milliseconds(1), absl::Hours(1))) {}

  absl::StatusOr<Reply> Call(const std::vector<std::string>& words);
  absl::Status Connect(Steady::time_point deadline);  // with turn held
  absl::StatusOr<Reply> Exchange(const std::vector<std::string>& words, Steady::time_point deadline);
  bool Idle() const;

  const std::string socket_path;
  const absl::Duration timeout;
  // One exchange at a time on the one connection.
  std::timed_mutex turn;
  Context context{nullptr, redisFree};
};

// Whether the connection can be used: false when there is none, or when it ended, or said what nobody asked,
// since the last call.
bool Client::State::Idle() const {
  if (context == nullptr) return false;
  pollfd look{context->fd, POLLIN, 0};
  return ::poll(&look, 1, 0) == 0;
}

absl::Status Client::State::Connect(Steady::time_point deadline) {
  if (Idle()) return absl::OkStatus();
  const timeval left = Until(deadline);
  if (IsOver(left)) return Late();
  context.reset(redisConnectUnixWithTimeout(socket_path.c_str(), left));
  if (context != nullptr && context->err == 0) return absl::OkStatus();
  context.reset();
  return Broken("can't connect");
}

absl::StatusOr<Reply> Client::State::Exchange(const std::vector<std::string>& words,
                                              Steady::time_point deadline) {
  RETURN_IF_ERROR(Connect(deadline));
  std::vector<const char*> args;
  std::vector<size_t> sizes;
  for (const std::string& word : words) {
    args.push_back(word.data());
    sizes.push_back(word.size());
  }
  const timeval left = Until(deadline);
  if (IsOver(left)) return Late();
  // The time-out bounds each wait for the socket; a command has one to send and one to receive.
  redisSetTimeout(context.get(), left);
  Reply reply(static_cast<redisReply*>(
                  redisCommandArgv(context.get(), static_cast<int>(words.size()), args.data(), sizes.data())),
              freeReplyObject);
  if (reply != nullptr) return reply;
  const bool late = context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
  return late ? Late() : Broken("connection lost");
}

absl::StatusOr<Reply> Client::State::Call(const std::vector<std::string>& words) {
  const auto deadline = Steady::now() + absl::ToChronoNanoseconds(timeout);
  std::unique_lock lock(turn, deadline);
  if (!lock.owns_lock()) return Late();
  auto reply = Exchange(words, deadline);
  if (!reply.ok()) {
    context.reset();  // a late answer must not be taken for the next call's
    return reply;
  }
  if ((*reply)->type == REDIS_REPLY_ERROR) return Refused(**reply);
  return reply;
}

Client::Client(std::string socket_path, absl::Duration timeout)
    : state_(std::make_unique<State>(std::move(socket_path), timeout)) {}
Client::~Client() = default;

absl::StatusOr<int64_t> Client::CountInWindow(const std::string& key, absl::Duration window, absl::Time now) {
  if (window < absl::Milliseconds(1) || window > kLongest) {
    return absl::InvalidArgumentError("redis: window is 1 ms to 366 days");
  }
  const int64_t millis = absl::ToInt64Milliseconds(window);
  absl::Duration into;
  const int64_t index = absl::IDivDuration(now - absl::UnixEpoch(), window, &into);
  const std::string counter = absl::StrCat(key, ":", millis, ":", index);
  // Twice the window: replicas' clocks differ a little.
  ASSIGN_OR_RETURN(auto reply, state_->Call({"EVAL", kCount, "1", counter, absl::StrCat(2 * millis)}));
  if (reply->type != REDIS_REPLY_INTEGER) return Broken("unexpected answer");
  return static_cast<int64_t>(reply->integer);
}

absl::StatusOr<absl::Duration> Client::Try(const std::string& key, const Pace& pace, absl::Time now) {
  ASSIGN_OR_RETURN(auto reply, state_->Call({"EVAL", kTry, "1", key, absl::StrCat(absl::ToUnixMillis(now)),
                                             absl::StrCat(pace.free), Millis(pace.first),
                                             Millis(pace.longest), Millis(pace.forget)}));
  if (reply->type != REDIS_REPLY_INTEGER) return Broken("unexpected answer");
  return absl::Milliseconds(reply->integer);
}

absl::StatusOr<std::optional<std::string>> Client::Get(const std::string& key) {
  ASSIGN_OR_RETURN(auto reply, state_->Call({"GET", key}));
  if (reply->type == REDIS_REPLY_NIL) return std::optional<std::string>();
  if (reply->type != REDIS_REPLY_STRING) return Broken("unexpected answer");
  return std::optional<std::string>(std::in_place, reply->str, reply->len);
}

absl::StatusOr<bool> Client::Set(const std::string& key, const std::string& value, absl::Duration lasts,
                                 Where where) {
  std::vector<std::string> words = {"SET", key, value, "PX", Millis(lasts)};
  if (where == Where::kOverOld) words.push_back("XX");
  ASSIGN_OR_RETURN(auto reply, state_->Call(words));
  return reply->type != REDIS_REPLY_NIL;
}

absl::Status Client::Delete(const std::string& key) { return state_->Call({"DEL", key}).status(); }

absl::Status Client::AddMember(const std::string& key, const std::string& member, absl::Duration lasts) {
  return state_->Call({"EVAL", kAdd, "1", key, member, Millis(lasts)}).status();
}

absl::Status Client::RemoveMember(const std::string& key, const std::string& member) {
  return state_->Call({"SREM", key, member}).status();
}

absl::StatusOr<std::vector<std::string>> Client::Members(const std::string& key) {
  ASSIGN_OR_RETURN(auto reply, state_->Call({"SMEMBERS", key}));
  if (reply->type != REDIS_REPLY_ARRAY) return Broken("unexpected answer");
  std::vector<std::string> members;
  for (size_t i = 0; i < reply->elements; ++i)
    members.emplace_back(reply->element[i]->str, reply->element[i]->len);
  return members;
}

}  // namespace tonghu::redis
