package io.tailrace.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.MethodDelegation;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/**
 * Another body for the methods of one name in a class.
 *
 * @param type the name of the class
 * @param method the name of the methods
 * @param body their other body
 */
record MethodChange(String type, String method, Implementation body) {
    /** The methods return a constant. */
    static MethodChange value(String type, String method, Object value) {
        return new MethodChange(type, method, FixedValue.value(value));
    }

    /** The static method of the same name in {@code bodies} is called instead. */
    static MethodChange body(String type, String method, Class<?> bodies) {
        return new MethodChange(
                type,
                method,
                MethodDelegation.withDefaultConfiguration()
                        .filter(ElementMatchers.named(method))
                        .to(bodies));
    }

    /** Makes changes: the changed class files by class name. */
    static Map<String, byte[]> apply(List<MethodChange> changes) {
        ClassFileLocator classes = ClassFileLocator.ForClassLoader.of(MethodChange.class.getClassLoader());
        TypePool types = TypePool.Default.of(classes);
        Map<String, List<MethodChange>> byType = new HashMap<>();
        changes.forEach(change ->
                byType.computeIfAbsent(change.type, type -> new ArrayList<>()).add(change));
        Map<String, byte[]> changed = new HashMap<>();
        byType.forEach((type, of) -> {
            DynamicType.Builder<?> builder =
                    new ByteBuddy().redefine(types.describe(type).resolve(), classes);
            for (MethodChange change : of) {
                builder = builder.method(ElementMatchers.named(change.method)
                                .and(ElementMatchers.isDeclaredBy(ElementMatchers.named(type))))
                        .intercept(change.body);
            }
            try (DynamicType.Unloaded<?> made = builder.make()) {
                changed.putAll(Map.of(type, made.getBytes()));
            }
        });
        return changed;
    }
}
