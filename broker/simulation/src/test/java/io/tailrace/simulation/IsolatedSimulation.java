package io.tailrace.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A simulation with its own copy of the classes under test, some of them changed. It does not affect any other simulation. */
final class IsolatedSimulation {
    /** The simulator, and what it runs of production. Anything that these share values with must be among them. */
    private static final List<String> OWN = List.of(
            "io.tailrace.simulation.",
            "io.tailrace.replication.",
            "io.tailrace.server.",
            "io.tailrace.shard.",
            "io.tailrace.log.",
            "io.tailrace.groups.",
            "io.tailrace.transactions.");

    private final Method failure;
    private final Method trace;

    /**
     * @param simulation has static methods {@code failure(long seed)} and {@code trace(long seed)}
     * @param changed class files by class name
     */
    IsolatedSimulation(Class<?> simulation, Map<String, byte[]> changed) {
        try {
            Class<?> own = new Loader(changed).loadClass(simulation.getName());
            failure = own.getMethod("failure", long.class);
            trace = own.getMethod("trace", long.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the simulation cannot be loaded anew", e);
        }
    }

    /** What is wrong with the history of a seed, if anything is. */
    @SuppressWarnings("unchecked")
    Optional<String> failure(long seed) {
        return (Optional<String>) invoke(failure, seed);
    }

    /** The history of a seed, line by line. */
    String trace(long seed) {
        return (String) invoke(trace, seed);
    }

    private static Object invoke(Method method, long seed) {
        try {
            return method.invoke(null, seed);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("seed " + seed + " cannot be simulated", e);
        }
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> changed;

        Loader(Map<String, byte[]> changed) {
            super(IsolatedSimulation.class.getClassLoader());
            this.changed = changed;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (OWN.stream().noneMatch(name::startsWith)) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = changed.getOrDefault(name, new byte[0]);
            if (bytes.length == 0) {
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = in.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
