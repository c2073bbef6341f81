// Certificates for tests, made as the local stack makes them.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/rpc/tls.h"

namespace tonghu::rpc::testing {

// An authority of its own, with a certificate for each service and for `operator`, in a folder that goes with
// the object.
class Certificates {
 public:
  explicit Certificates(const std::string& name)
      : folder_(absl::StrCat(std::filesystem::temp_directory_path().string(), "/tonghu-", name, "-",
                             ::getpid())) {
    std::filesystem::create_directories(folder_ + "/run");
    Run("tls_ensure");
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }

  // Runs shell code with the functions of deploy/local/lib/tls.sh.
  bool Run(const std::string& code) const {
    const std::string lib = TONGHU_SOURCE_DIR "/deploy/local/lib/";
    return std::system(
               absl::StrCat("exec bash -c 'set -euo pipefail; all_services=\"registry pairing\"; RUN=\"",
                            folder_, "/run\"; LOG=\"", folder_, "\"; . ", lib, "say.sh; . ", lib, "tls.sh; ",
                            code, "'")
                   .c_str()) == 0;
  }
  std::string Path(const std::string& file) const { return absl::StrCat(folder_, "/run/tls/", file); }
  TlsFiles Files(const std::string& name) const { return {Path("ca.pem"), Path(name + ".pem")}; }

 private:
  const std::string folder_;
};

}  // namespace tonghu::rpc::testing
