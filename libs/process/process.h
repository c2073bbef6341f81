// The frame of every service process: reads the settings, sets up log and metrics, says that it is ready,
// stops on SIGTERM or SIGINT.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/config/config.h"

namespace tonghu::process {

// The settings that every service has. A service reads its own from the same file through the same reader.
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
  // PEM files: who is trusted, and what this process shows, with its key. Both, or `insecure`.
  std::string tls_ca, tls_certificate;
  bool insecure = false;      // speaks without TLS, to anybody; for tests
  std::string identity_keys;  // folder of the public keys that check who calls (PEM)
  std::string log_level;      // "debug", "info", "warn", "error"
};

// Whether a service has a journal, and so a database and the bus.
enum class Record { kKept, kNone };

// Reads the common settings: service, replica, listen, admin_listen, tls.ca and tls.certificate
// (required, unless insecure = true), postgres.conninfo and nats.url (required where a record is kept, else
// unknown); ready_file, clock, reflection, shards, redis.socket, identity.public_keys, log_level and
// peers.<service>. Unknown keys are refused by the reader's Finish, which the service calls after reading its
// own. Errors: INVALID_ARGUMENT naming the key, its bounds and what was found.
absl::StatusOr<Settings> ReadSettings(config::Reader& reader, Record record = Record::kKept);

// The body of main: parses "--config FILE" (and --help, --version), opens the file, calls `run(reader)` and
// prints its error as one sentence. `run` calls log::Init once it has read the settings. Returns the exit
// code: 0 stopped when told, 2 usage or settings (also when `run` gives INVALID_ARGUMENT), 1 anything else.
int Main(int argc, char** argv, const char* description, absl::Status (*run)(config::Reader& reader));

// Blocks SIGTERM and SIGINT for the whole process, so that Wait alone gets them, and ignores SIGPIPE. Made
// before any thread starts, since threads inherit the mask.
class StopSignal {
 public:
  StopSignal();
  void Wait();  // any number of times, from one thread
};

// A file at `path`, with the process id in it, that exists while this object lives. An empty path: no file.
// Failing to make the file is logged only.
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
