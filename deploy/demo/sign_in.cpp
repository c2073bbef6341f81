#include "deploy/demo/sign_in.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "libs/client/first_sign_in.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "libs/totp/totp.h"

namespace tonghu::demo {
namespace {

using nlohmann::json;

constexpr absl::Duration kCodeLasts = absl::Seconds(30);  // RFC 6238

// Somebody whom a visitor may be.
struct Visitor {
  const char* title;
  const char* page;  // of the console
  std::string staff_member;
};

// A password that fulfils the rules and nobody knows before.
std::string NewPassword() {
  ids::RandomSource random;
  return "Tonghu-" + random.Next(clock::SystemClock().Now()).substr(24);
}

// Writes a file that its owner alone may read, also when it was there before.
absl::Status Write(const std::string& file, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::filesystem::remove(file);
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      made >= 0 && ::write(made, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (made >= 0) ::close(made);
  return written ? absl::OkStatus() : absl::UnavailableError("can't write " + file);
}

}  // namespace

absl::Status OpenDoor(client::Client& clients, const Cast& cast, const std::string& address,
                      const std::string& file) {
  const School& school = cast.mining;  // an alert of this county is still open at the end
  const auto officer = school.officers.find("county_office");
  if (officer == school.officers.end() || school.children.empty())
    return absl::FailedPreconditionError("the school has no county officer or no children");
  const Visitor visitors[] = {
      {"县级工作人员", "/", officer->second},
      {"班主任", "/m/", school.children.front().teacher},
  };
  json people = json::array();
  fmt::print("\nOpen {} in a browser, and sign in as\n", address);
  for (const Visitor& visitor : visitors) {
    ASSIGN_OR_RETURN(auto slip, client::MakeAccount(clients, visitor.staff_member));
    ASSIGN_OR_RETURN(auto person, client::SignInFirst(clients, slip, NewPassword()));
    fmt::print("  {} {}: {}{}  login {}  password {}\n", visitor.title, slip.display_name(), address,
               visitor.page, person.login, person.password);
    people.push_back({{"login", person.login},
                      {"password", person.password},
                      {"secret", totp::ToBase32(person.secret)},
                      {"page", visitor.page},
                      {"title", visitor.title}});
  }
  return Write(file, people.dump(2) + "\n");
}

absl::Status PrintCodes(const std::string& file) {
  const json people = json::parse(std::ifstream(file), nullptr, false);
  if (!people.is_array()) return absl::UnavailableError("can't read " + file + ": make demo writes it");
  const absl::Time now = clock::SystemClock().Now();
  const absl::Duration spent = (now - absl::UnixEpoch()) % kCodeLasts;
  for (const json& person : people) {
    const std::string secret = totp::FromBase32(person.at("secret").get<std::string>());
    fmt::print("  one-time code of {}: {}, for {} s; then {}\n", person.at("login").get<std::string>(),
               totp::CodeAt(secret, now), absl::ToInt64Seconds(kCodeLasts - spent),
               totp::CodeAt(secret, now + kCodeLasts));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::demo
