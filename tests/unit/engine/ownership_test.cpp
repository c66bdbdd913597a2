#include "engine/leftovers.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

LabelledObject trial() {
  return {.id = "0123",
          .name = "capmin-0a1b2c3d-4",
          .image = "sha256:4c0f",
          .labels = {{kRunLabel, "0a1b2c3d"}, {kOwnerLabel, "somebody"}, {"other", "x"}}};
}

TEST_CASE("an object with both labels and a name of its run belongs to who is named") {
  CHECK(owner_of(trial(), {}) == "somebody");
  CHECK(owner_of(trial(), {{"other", "x"}}) == "somebody");
}

TEST_CASE("H22: a name or labels of another form belong to nobody") {
  for (const char* name : {"", "web", "capmin-0a1b2c3d", "capmin-0a1b2c3d-", "capmin-0a1b2c3e-4",
                           "xcapmin-0a1b2c3d-4", "capmin-0a1b2c3d-4/x", "capmin-0a1b2c3d-4\n"}) {
    CAPTURE(name);
    LabelledObject object = trial();
    object.name = name;
    CHECK_FALSE(owner_of(object, {}));
  }
  for (const char* run : {"", "0a1b2c3", "0A1B2C3D", "0a1b2c3d4", "        "}) {
    CAPTURE(run);
    LabelledObject object = trial();
    object.labels[kRunLabel] = run;
    object.name = std::string("capmin-") + run + "-4";
    CHECK_FALSE(owner_of(object, {}));
  }
  for (const char* label : {kRunLabel, kOwnerLabel}) {
    LabelledObject object = trial();
    object.labels.erase(label);
    CHECK_FALSE(owner_of(object, {}));
  }
}

TEST_CASE("H23: labels that the image has as well tell nothing of the container") {
  CHECK_FALSE(owner_of(trial(), trial().labels));
  CHECK_FALSE(owner_of(trial(), {{kOwnerLabel, "somebody"}}));
  CHECK(owner_of(trial(), {{kOwnerLabel, "somebody else"}, {kRunLabel, "0a1b2c3d"}}));
}

}  // namespace
}  // namespace capmin
