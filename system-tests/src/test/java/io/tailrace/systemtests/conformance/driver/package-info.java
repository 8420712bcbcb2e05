/**
 * Operations of Kafka's Java client, compiled against its newest version and run in a separate process with each version that
 * {@code KafkaClientsConformanceIT} names. {@link io.tailrace.systemtests.conformance.driver.Driver} is the process. A class may use only
 * what the oldest version has, except for classes whose checks all name the version that they need: the JVM loads
 * such a class when the first check runs. Nothing here may use classes of Tailrace, JUnit or Awaitility: they
 * are not on the classpath.
 */
@NullMarked
package io.tailrace.systemtests.conformance.driver;

import org.jspecify.annotations.NullMarked;
