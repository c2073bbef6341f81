#include "tests/bench/results.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tonghu::bench {
namespace {

std::string Number(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

}  // namespace

void Print(const std::vector<Result>& results) {
  fmt::print("{:<58} {:>12} {:>12} {:>12} {:>8} {:>10}\n", "what", "value", "unit", "floor", "ratio",
             "target");
  for (const Result& r : results) {
    fmt::print("{:<58} {:>12} {:>12} {:>12} {:>8} {:>10}\n", r.name, Number(r.value), r.unit,
               r.floor == 0 ? "-" : Number(r.floor), r.floor == 0 ? "-" : fmt::format("{:.2f}", r.Ratio()),
               r.target == 0 ? "-" : Number(r.target));
  }
}

absl::Status Write(const std::vector<Result>& results, const std::string& path) {
  nlohmann::json array = nlohmann::json::array();
  for (const Result& r : results) {
    nlohmann::json one = {{"name", r.name},
                          {"value", r.value},
                          {"unit", r.unit},
                          {"better", r.higher_is_better ? "higher" : "lower"}};
    one["floor"] = r.floor == 0 ? nlohmann::json() : nlohmann::json(r.floor);
    one["ratio"] = r.floor == 0 ? nlohmann::json() : nlohmann::json(r.Ratio());
    one["target"] = r.target == 0 ? nlohmann::json() : nlohmann::json(r.target);
    array.push_back(one);
  }
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path);
  file << array.dump(2) << "\n";
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError("can't write " + path);
}

}  // namespace tonghu::bench
