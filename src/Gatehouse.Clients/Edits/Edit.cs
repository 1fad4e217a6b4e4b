namespace Gatehouse.Clients.Edits;

/// <summary>One wanted change of a document, whatever its language. Immutable.</summary>
internal abstract record Edit(KeyPath Path)
{
    /// <summary>
    /// The path is to have this value. Objects on the way that are not there are made; an object that is there is changed member by member,
    /// so that comments and order in it stay. A value that is equal already is left as it is written.
    /// </summary>
    public static Edit Set(KeyPath path, ConfigValue value) => new SetEdit(path, value);

    /// <summary>The path is to be gone. Objects on the way stay, also when they are empty then.</summary>
    public static Edit Remove(KeyPath path) => new RemoveEdit(path);
}

/// <summary>See <see cref="Edit.Set"/>.</summary>
internal sealed record SetEdit(KeyPath Path, ConfigValue Value) : Edit(Path);

/// <summary>See <see cref="Edit.Remove"/>.</summary>
internal sealed record RemoveEdit(KeyPath Path) : Edit(Path);
