package io.tailrace.loader.run;

import io.tailrace.client.ClientException;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.InterceptedFileSystem;
import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Counts the calls that a run makes to the outside, and makes one of them fail. Thread-safe, but only calls of one thread have the
 * same numbers in each run.
 */
final class FaultInjector implements InterceptedFileSystem.Interceptor {
    /** What happens to a call. */
    enum Fault {
        /** The process ends before the call. */
        CRASH,
        /** The call fails, once, in a way that may pass. */
        REFUSED,
        /** The call is done, but its caller sees a failure. */
        ANSWER_LOST,
        /** The process pauses before the call while a rival does its work. */
        RIVAL
    }

    private final Fault fault;
    private final int call;
    private final Rival rival;
    private final List<String> calls = new ArrayList<>();
    private boolean isCrashed;

    /** What runs while a process is paused. */
    @FunctionalInterface
    interface Rival {
        void run() throws IOException;
    }

    /**
     * Creates an injector.
     *
     * @param call the call that fails, from 1; 0 for none
     */
    FaultInjector(Fault fault, int call, Rival rival) {
        this.fault = fault;
        this.call = call;
        this.rival = rival;
    }

    /** Returns the calls so far, in order. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** Returns the call that failed; empty if there was none. */
    synchronized String failed() {
        return call >= 1 && call <= calls.size() ? calls.get(call - 1) : "";
    }

    @Override
    public <T> T call(String name, InterceptedFileSystem.Call<T> made) throws IOException {
        if (!begin(name)) {
            return made.run();
        }
        switch (fault) {
            case CRASH -> throw new Crash();
            case REFUSED -> throw new SocketTimeoutException("injected before: " + name);
            case ANSWER_LOST -> {
                made.run();
                throw new SocketTimeoutException("injected after: " + name);
            }
            case RIVAL -> {
                rival.run();
                return made.run();
            }
        }
        throw new IllegalStateException();
    }

    /** Counts a call and returns whether it fails. */
    private synchronized boolean begin(String name) {
        if (isCrashed) {
            throw new Crash();
        }
        calls.add(name);
        boolean fails = calls.size() == call;
        isCrashed = fails && fault == Fault.CRASH;
        return fails;
    }

    /** Wraps a service. */
    <T> T wrap(Class<T> type, T service) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(type, service, method, arguments)));
    }

    private Object call(Class<?> type, Object service, Method method, Object[] arguments) throws Throwable {
        try {
            return call(type.getSimpleName() + "." + method.getName(), () -> invoke(service, method, arguments));
        } catch (ServiceFailure e) {
            throw e.getCause();
        } catch (SocketTimeoutException e) {
            throw asServiceFails(type, e);
        }
    }

    private static Object invoke(Object service, Method method, Object[] arguments) {
        try {
            return method.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            throw new ServiceFailure(Objects.requireNonNull(e.getCause()));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Exception asServiceFails(Class<?> type, IOException e) {
        if (type == TableCatalog.class) {
            return new CatalogUnavailableException("cannot reach the catalog", e);
        }
        if (type == SchemaRegistryClient.class) {
            return new SchemaRegistryException("cannot reach the registry", e);
        }
        if (type == AbortCheck.class) {
            return new CommitConflictException("lost the lock");
        }
        return new ClientException(ErrorCode.REQUEST_TIMED_OUT, "cannot reach the broker", e);
    }

    /** Carries a failure of the service itself. */
    private static final class ServiceFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ServiceFailure(Throwable cause) {
            super(cause);
        }
    }
}
