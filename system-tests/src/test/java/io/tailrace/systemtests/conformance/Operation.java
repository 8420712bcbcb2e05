package io.tailrace.systemtests.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test method that shows one operation of a client: a row of the {@link CompatibilityTable} of its class. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Operation {
    /** The operation as a user of the client knows it, such as {@code kafka-topics --create}. Unique within the class. */
    String value();

    /** What the table says if the test passes. A test of an operation that is refused says so here. */
    String outcome() default CompatibilityTable.YES;
}
