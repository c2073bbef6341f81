#include "libs/principal/head.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::principal {
namespace {

constexpr char kHeadContext[] = "tonghu head v1";
constexpr char kNameForm[] = "%E4Y%m%dT%H%M%E*S";
// By so much a machine's clock may have been off when a head was signed, or a key made.
constexpr absl::Duration kClockError = absl::Hours(1);

std::string SignedBytes(access::v1::SignedHead head) {
  head.clear_signature();
  head.clear_key_id();
  return head.SerializeAsString();
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// From when on the key of a file signs.
absl::Time BeginningOf(const std::filesystem::path& file) {
  absl::Time from;
  std::string error;
  return absl::ParseTime(kNameForm, file.stem().string(), &from, &error) ? from : absl::InfinitePast();
}

// The paths of a folder's PEM files. No such folder has none.
absl::StatusOr<std::vector<std::filesystem::path>> PemFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  if (!std::filesystem::exists(folder, error) && !error) return files;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (at->path().extension() == ".pem") files.push_back(at->path());
  }
  if (error)
    return absl::FailedPreconditionError(
        absl::StrCat("can't read the folder of public keys ", folder.string(), ": ", error.message()));
  return files;
}

}  // namespace

absl::Status SignHead(const SigningKey& key, access::v1::SignedHead& head) {
  ASSIGN_OR_RETURN(auto signature, key.Sign(kHeadContext, SignedBytes(head)));
  head.set_signature(std::move(signature.bytes));
  head.set_key_id(std::move(signature.key_id));
  return absl::OkStatus();
}

absl::StatusOr<HeadKeys> HeadKeys::Read(const std::string& folder) {
  ASSIGN_OR_RETURN(auto files, PemFiles(folder));
  ASSIGN_OR_RETURN(auto past, PemFiles(std::filesystem::path(folder) / "past"));
  files.insert(files.end(), past.begin(), past.end());
  if (files.empty())
    return absl::FailedPreconditionError(absl::StrCat("no public key (*.pem) is in the folder ", folder));
  HeadKeys read;
  std::set<absl::Time> beginnings;
  for (const auto& file : files) {
    ASSIGN_OR_RETURN(auto key, ReadPublicKey(file));
    const absl::Time from = BeginningOf(file);
    beginnings.insert(from);
    std::string id = IdOf(key);
    read.keys_[std::move(id)] = {std::move(key), from, absl::InfiniteFuture()};
  }
  for (auto& [id, kept] : read.keys_) {
    const auto next = beginnings.upper_bound(kept.from);
    if (kept.from != absl::InfinitePast() && next != beginnings.end()) kept.until = *next;
  }
  return read;
}

HeadVerdict HeadKeys::Judge(const access::v1::SignedHead& head) const {
  const auto found = keys_.find(head.key_id());
  if (found == keys_.end()) return HeadVerdict::kUnknownKey;
  const Kept& kept = found->second;
  if (!HasSigned(kept.key, kHeadContext, SignedBytes(head), head.signature())) return HeadVerdict::kForged;
  const absl::Time time = TimeOf(head.sign_time());
  return time >= kept.from - kClockError && time <= kept.until + kClockError ? HeadVerdict::kGood
                                                                             : HeadVerdict::kKeyNotInForce;
}

}  // namespace tonghu::principal
