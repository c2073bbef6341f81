// What every service process does alike: reads its settings, sets up log and metrics, says it is ready, stops
// on SIGTERM or SIGINT.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/config/config.h"

namespace tonghu::process {

// The settings every service has; a service's own come from the same file through the same reader.
struct Settings {
  std::string service;       // "pairing"
  std::string replica;       // "pairing-1"
  std::string listen;        // gRPC address
  std::string admin_listen;  // address of /metrics
  std::string ready_file;    // made when the process serves, removed when it stops; empty: none
  std::string clock;         // "system" or "virtual:<path>"
  bool reflection = false;
  int shards = 8;        // 1..64, fixed when a province is created
  std::string postgres;  // libpq conninfo
  std::string nats_url;
  std::string redis_socket;
  std::map<std::string, std::string> peers;  // service → gRPC addresses of its replicas, comma separated
  std::string log_level;                     // "debug", "info", "warn", "error"
};

// Reads the common settings: service, replica, listen, admin_listen, postgres.conninfo and nats.url
// (required); ready_file, clock, reflection, shards, redis.socket, log_level and peers.<service>. Unknown
// keys are refused later, by the reader's Finish, when the service has read its own. Errors: INVALID_ARGUMENT
// naming the key, its bounds and what was found.
absl::StatusOr<Settings> ReadSettings(config::Reader& reader);

// Parses "--config FILE" (and --help, --version), opens the file, calls `run(reader)`, prints its error as
// one sentence. `run` calls log::Init once it has read the settings. Returns the exit code: 0 stopped when
// told, 2 usage or settings (also when `run` gives INVALID_ARGUMENT), 1 anything else.
int Main(int argc, char** argv, const char* description, absl::Status (*run)(config::Reader& reader));

// Blocks SIGTERM/SIGINT for the whole process (call before any thread starts), ignores SIGPIPE; Wait returns
// when one arrives.
class StopSignal {
 public:
  StopSignal();
  void Wait();  // any number of times, from one thread
};

// The file at `path` (holding the process id) exists while this object lives. An empty path: none. When it
// can't be made that is logged.
class ReadyFile {
 public:
  explicit ReadyFile(std::string path);
  ~ReadyFile();
  ReadyFile(const ReadyFile&) = delete;
  ReadyFile& operator=(const ReadyFile&) = delete;

 private:
  std::string path_;
};

}  // namespace tonghu::process
