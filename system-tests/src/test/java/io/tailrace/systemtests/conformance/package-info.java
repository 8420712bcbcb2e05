/**
 * Third-party clients and tools, unmodified, against broker processes. Each {@code *ConformanceIT} tests one client and keeps
 * its table in {@code docs/compatibility.md} ({@link io.tailrace.systemtests.conformance.CompatibilityTable}). An operation
 * counts as working only if the test has checked what came back, such as the records, offsets or settings, not an exit code
 * alone. A client that is missing on this machine is a skip that names it and how to install it.
 *
 * <p>Clients for the JVM are modules below {@code system-tests/clients}: each has its own folder of jars, which
 * no other client's process sees. The decision is ADR 128.
 */
@NullMarked
package io.tailrace.systemtests.conformance;

import org.jspecify.annotations.NullMarked;
