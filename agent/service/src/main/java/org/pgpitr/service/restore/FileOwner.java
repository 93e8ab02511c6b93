package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * Whom restored files belong to. Only root can give files away; for others all of it does nothing.
 */
final class FileOwner {
    private final Optional<UserPrincipal> user;
    private final Optional<GroupPrincipal> group;

    private FileOwner(Optional<UserPrincipal> user, Optional<GroupPrincipal> group) {
        this.user = user;
        this.group = group;
    }

    /**
     * @param wanted {@code user} or {@code user:group}; empty for the owner of the directory
     * @param existing the data directory, or its nearest existing parent
     * @throws PgpitrException USAGE for a user or group that this host doesn't know
     */
    static FileOwner of(Optional<String> wanted, Path existing) throws IOException {
        boolean root = isRoot();
        if (wanted.isEmpty()) {
            if (!root) {
                return new FileOwner(Optional.empty(), Optional.empty());
            }
            PosixFileAttributes attributes = Files.readAttributes(existing, PosixFileAttributes.class);
            return new FileOwner(Optional.of(attributes.owner()), Optional.of(attributes.group()));
        }
        if (!root) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "only root can give files to another user",
                    "leave --owner out, or run the restore as root");
        }
        String[] parts = wanted.get().split(":", 2);
        UserPrincipalLookupService lookup = existing.getFileSystem().getUserPrincipalLookupService();
        try {
            UserPrincipal user = lookup.lookupPrincipalByName(parts[0]);
            // a user's own group bears his name nearly everywhere; where it doesn't, the user says which
            GroupPrincipal group = lookup.lookupPrincipalByGroupName(parts.length > 1 ? parts[1] : parts[0]);
            return new FileOwner(Optional.of(user), Optional.of(group));
        } catch (UserPrincipalNotFoundException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "there is no user or group \"" + e.getName() + "\" on this host",
                    "give --owner USER:GROUP",
                    e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Gives a file, a directory or a link away. */
    void own(Path path) throws IOException {
        if (user.isEmpty()) {
            return;
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        view.setOwner(user.get());
        if (group.isPresent()) {
            view.setGroup(group.get());
        }
    }
}
