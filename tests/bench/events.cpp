#include "tests/bench/events.h"

#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::bench {

absl::Status ForEachEvent(Rig& rig, const std::string& service, const std::map<int, int64_t>& after,
                          const std::string& type,
                          const std::function<absl::Status(const tonghu::journal::v1::Event&)>& each) {
  for (const auto& [shard, seq] : after) {
    for (int64_t next = seq + 1;;) {
      tonghu::journal::v1::ReadEventsRequest request;
      request.set_shard(shard);
      request.set_from_seq(next);
      request.set_page_size(5000);
      tonghu::journal::v1::ReadEventsResponse page;
      auto context = rpc::WithDeadline(absl::Seconds(30));
      grpc::Status read = rig.Journal(service).ReadEvents(context.get(), request, &page);
      if (!read.ok()) return rpc::FromGrpc(read);
      if (page.events_size() == 0) break;
      for (const auto& event : page.events()) {
        if (event.type() != type) continue;
        if (absl::Status done = each(event); !done.ok()) return done;
      }
      next = page.events(page.events_size() - 1).seq() + 1;
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::bench
