#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "libs/jetstream/jetstream.h"
#include "tests/fault/checker.h"

namespace tonghu::fault {
namespace {

constexpr absl::Duration kAsk = absl::Seconds(2);

// A stored message: {"message": {"subject", "data" (base64), …}}; null when it is not there.
nlohmann::json Get(jetstream::Connection& bus, int64_t seq) {
  auto answer = bus.Request("$JS.API.STREAM.MSG.GET.TONGHU", fmt::format(R"({{"seq":{}}})", seq), kAsk);
  if (!answer.ok()) return nullptr;
  const auto json = nlohmann::json::parse(*answer, nullptr, false);
  return json.is_object() && json.contains("message") ? json["message"] : nlohmann::json();
}

std::string Decoded(const std::string& base64) {
  std::string out;
  unsigned bits = 0, count = 0;
  for (const char c : base64) {
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t value = alphabet.find(c);
    if (value == std::string::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) out.push_back(static_cast<char>(bits >> (count -= 8)));
  }
  return out;
}

}  // namespace

int HarmStream(jetstream::Connection& bus) {
  auto answer = bus.Request("$JS.API.STREAM.INFO.TONGHU", "", kAsk);
  if (!answer.ok()) return 0;
  const auto info = nlohmann::json::parse(*answer, nullptr, false);
  if (!info.is_object() || !info.contains("state")) return 0;
  const int64_t last = info["state"]["last_seq"].get<int64_t>();
  auto publisher = jetstream::Publisher::Make(bus);
  if (!publisher.ok()) return 0;
  int harmed = 0;
  std::vector<jetstream::Outgoing> again;
  for (int64_t seq = std::max<int64_t>(1, last - 20); seq <= last; ++seq) {
    const nlohmann::json message = Get(bus, seq);
    if (message.is_null()) continue;
    if (bus.Request("$JS.API.STREAM.MSG.DELETE.TONGHU", fmt::format(R"({{"seq":{}}})", seq), kAsk).ok())
      ++harmed;
    // One in three is lost. The others come again, the newest first, and without the id that would have them
    // dropped.
    if (seq % 3 == 0) continue;
    again.insert(again.begin(), {message["subject"].get<std::string>(), fmt::format("again.{}.{}", last, seq),
                                 Decoded(message["data"].get<std::string>())});
  }
  (*publisher)->PublishAll(again, kAsk).IgnoreError();
  return harmed;
}

}  // namespace tonghu::fault
