#pragma once

#include <utility>

namespace capmin {

/// A file descriptor of the system that is closed at the end of its owner's life.
class Descriptor {
 public:
  /// Owns `number`, which may be negative: then there is nothing to close.
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  /// Takes over what `other` owns; nothing is left to it.
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  /// The number, negative where opening failed or the descriptor is closed.
  int get() const { return number_; }
  /// Closes now and tells whether that went well: a file system may report a full disk only here.
  bool close();

 private:
  int number_;
};

}  // namespace capmin
