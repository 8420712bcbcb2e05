/**
 * What the tests of all modules share. Modules depend on it in test scope only, and get Awaitility from it: no module can
 * wait with Awaitility's own limit of ten seconds, which a busy machine exceeds.
 *
 * <p>It knows no other module.
 */
@NullMarked
package io.tailrace.testing;

import org.jspecify.annotations.NullMarked;
