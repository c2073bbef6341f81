#include "libs/rpc/position.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::rpc {
namespace {

constexpr size_t kMostPositions = 256;
constexpr size_t kLongestProducer = 63;

absl::Status Malformed() {
  return refusal::Invalid("POSITION_MALFORMED", kAfterKey,
                          "tonghu-after must be positions such as registry/3:1042, separated by commas",
                          "请求所附的数据位置（tonghu-after）格式不正确，请检查客户端程序");
}

// The header comes from outside, so names and counts are bounded.
bool IsProducer(absl::string_view name) {
  return !name.empty() && name.size() <= kLongestProducer &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

}  // namespace

std::string Format(const Position& position) {
  return absl::StrCat(position.producer, "/", position.shard, ":", position.seq);
}

absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view text) {
  std::vector<Position> positions;
  for (absl::string_view one :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',', absl::SkipWhitespace())) {
    one = absl::StripAsciiWhitespace(one);
    // A producer's name has neither sign in it, so the first slash and the last colon divide the text.
    const size_t slash = one.find('/');
    const size_t colon = one.rfind(':');
    Position position;
    if (slash == one.npos || colon == one.npos || colon < slash || positions.size() == kMostPositions ||
        !IsProducer(one.substr(0, slash)) ||
        !absl::SimpleAtoi(one.substr(slash + 1, colon - slash - 1), &position.shard) || position.shard < 0 ||
        !absl::SimpleAtoi(one.substr(colon + 1), &position.seq) || position.seq < 0) {
      return Malformed();
    }
    position.producer = std::string(one.substr(0, slash));
    positions.push_back(std::move(position));
  }
  return positions;
}

absl::StatusOr<std::vector<Position>> ReadAfter(const grpc::ServerContextBase& context) {
  std::vector<Position> all;
  const auto [begin, end] = context.client_metadata().equal_range(kAfterKey);
  for (auto it = begin; it != end; ++it) {
    ASSIGN_OR_RETURN(auto some, ParsePositions(std::string_view(it->second.data(), it->second.size())));
    if (all.size() + some.size() > kMostPositions) return Malformed();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void AddPosition(grpc::ServerContextBase& context, const Position& position) {
  context.AddTrailingMetadata(kPositionKey, Format(position));
}

void Positions::Add(const Position& position) {
  absl::MutexLock lock(&mutex_);
  const std::pair<std::string, int> journal(position.producer, position.shard);
  // More than a server would accept are not kept: the header would make every call fail.
  if (newest_.size() >= kMostPositions && !newest_.contains(journal)) return;
  // Answers may arrive in another order than they were made, so the newest position counts.
  int64_t& seq = newest_[journal];
  seq = std::max(seq, position.seq);
}

std::string Positions::Text() const {
  absl::MutexLock lock(&mutex_);
  std::string text;
  for (const auto& [journal, seq] : newest_)
    absl::StrAppend(&text, text.empty() ? "" : ",", Format({journal.first, journal.second, seq}));
  return text;
}

}  // namespace tonghu::rpc
