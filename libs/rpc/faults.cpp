#include "libs/rpc/faults.h"

#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"

namespace tonghu::rpc {
namespace {

constexpr absl::Duration kWindow = absl::Minutes(1);
constexpr int kLines = 10;            // a window
constexpr size_t kMostWindows = 500;  // kept apart; further ones share one, so that memory stays bounded (I7)

}  // namespace

void Faults::Report(std::string_view rpc, int shard, const absl::Status& status, absl::Time now) {
  if (!IsFault(status)) return;
  metrics_
      .Counter("tonghu_faults_total", "Calls and items of batches that ended in a fault of ours",
               {{"rpc", std::string(rpc)}, {"code", absl::StatusCodeToString(status.code())}})
      .Increment();
  int left_out = 0;
  // Bounded by RPC and text, so that one frequent fault does not hide another.
  if (!Admit(absl::StrCat(std::string(rpc), " ", status.ToString()), now, left_out)) return;
  spdlog::error("fault: service={} rpc={} shard={} left_out={} status={}", service_, rpc, shard, left_out,
                status.ToString());
}

bool Faults::Admit(std::string key, absl::Time now, int& left_out) {
  absl::MutexLock lock(&mutex_);
  if (windows_.size() >= kMostWindows && !windows_.contains(key)) key = "others";
  Window& window = windows_.try_emplace(std::move(key), Window{now}).first->second;
  // The number left out is kept: the first line of the next window says it.
  if (now - window.begin > kWindow) {
    window.begin = now;
    window.lines = 0;
  }
  if (window.lines >= kLines) {
    ++window.left_out;
    return false;
  }
  ++window.lines;
  left_out = std::exchange(window.left_out, 0);
  return true;
}

}  // namespace tonghu::rpc
