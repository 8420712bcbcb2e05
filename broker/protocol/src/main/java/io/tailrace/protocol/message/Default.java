package io.tailrace.protocol.message;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value, as text, of a component in versions that do not have it; {@code []} is an empty list, {@code {}} a record whose
 * components have their defaults. Without this annotation it is zero, false or empty, and null if the component is
 * {@code @Nullable}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    String value();
}
