namespace Gatehouse.Clients.Edits;

/// <summary>
/// Edits of one document on their way: each is broken into steps that change one value, each step is spliced into the bytes, read again,
/// and held to what the document was to say. Used once, by one thread.
/// </summary>
internal sealed class EditRun(ConfigDocument document)
{
    private readonly List<Reversal> _reversals = [];
    private readonly List<LeftAlone> _leftAlone = [];
    private readonly ConfigDocument _original = document;
    private ConfigDocument _current = document;

    /// <summary>What became of it, when no edit was refused.</summary>
    public EditOutcome Outcome => new(_current, null, _reversals, _leftAlone);

    /// <summary>Does one edit; the refusal if it can't be done.</summary>
    public EditRefusal? Do(Edit edit) => edit switch
    {
        SetEdit set => Set(set.Path, set.Value),
        RemoveEdit remove => Remove(remove.Path),
        _ => throw new ArgumentException("an edit of an unknown kind", nameof(edit)),
    };

    /// <summary>Takes one step back, or notes why it was left alone. What can't be done safely is left alone too, so that one step never keeps the others from going.</summary>
    public void Undo(Reversal reversal, Func<KeyPath, ConfigValue, bool>? isOurs)
    {
        if (WhyNot(reversal, isOurs) is { } reason) _leftAlone.Add(new LeftAlone(reversal.Path, reason));
    }

    private string? WhyNot(Reversal reversal, Func<KeyPath, ConfigValue, bool>? isOurs)
    {
        var path = reversal.Path;
        var present = _current.Find(path);
        if (reversal.Removed)
        {
            if (present is not null) return "a value stands there again";
            return (Blocked(path) ?? Step(_current.PlanUndoRemoved(reversal)))?.Reason;
        }
        if (present is null) return "it is gone already";
        if (ValueHash.Of(present) != reversal.Written && isOurs?.Invoke(path, present) != true) return "it was changed since";
        return (reversal.Created > 0 ? Step(_current.PlanUndoCreated(reversal)) : Set(path, ConfigValue.Raw(reversal.Previous ?? "")))?.Reason;
    }

    private EditRefusal? Set(KeyPath path, ConfigValue value)
    {
        var wanted = value is ConfigRaw raw ? _current.ReadValue(raw.Source) : value;
        if (wanted is null) return new EditRefusal("the text to write is not one value", path);
        var present = _current.Find(path);
        if (wanted.Equals(present) && value is not ConfigRaw) return null;
        if (value is not ConfigObject { Members.Count: > 0 } wantedObject) return SetOne(path, value, present);
        if (present is not (null or ConfigObject))
        {
            // Emptied first, so that the members find an object.
            if (SetOne(path, ConfigObject.Empty, present) is { } refusal) return refusal;
        }
        return SetMembers(path, wantedObject, present as ConfigObject ?? ConfigObject.Empty);
    }

    private EditRefusal? SetOne(KeyPath path, ConfigValue value, ConfigValue? present)
    {
        if (Blocked(path) is { } refusal) return refusal;
        if (value is ConfigObject { Members.Count: 0 } && present is ConfigObject full) return SetMembers(path, ConfigObject.Empty, full);
        return Step(_current.PlanSet(path, value));
    }

    private EditRefusal? SetMembers(KeyPath path, ConfigObject wanted, ConfigObject present)
    {
        foreach (var member in present.Members.Where(member => wanted[member.Key] is null))
        {
            if (Remove(path.Key(member.Key)) is { } refusal) return refusal;
        }
        foreach (var member in wanted.Members)
        {
            if (Set(path.Key(member.Key), member.Value) is { } refusal) return refusal;
        }
        return null;
    }

    private EditRefusal? Remove(KeyPath path)
    {
        if (Blocked(path) is { } refusal) return refusal;
        if (_current.Find(path) is not { } present) return null;
        if (_current.IsInPieces(path) && SetMembers(path, ConfigObject.Empty, (ConfigObject)present) is { } inside) return inside;
        // A table that dotted keys made is gone with the last of them.
        return _current.Find(path) is null ? null : Step(_current.PlanRemove(path));
    }

    /// <summary>What is on the way must be an object, or an array where an item is selected: nothing else is written over.</summary>
    private EditRefusal? Blocked(KeyPath path)
    {
        if (path.IsRoot) return new EditRefusal("the whole document can't be edited as one value", path);
        for (var length = 0; length < path.Steps.Count; length++)
        {
            var way = path.Up(path.Steps.Count - length);
            var wanted = path.Steps[length].IsItem ? "an array" : "an object";
            if (_current.Find(way) is { } found && found.Kind != wanted)
                return new EditRefusal($"{way} is {found.Kind}, not {wanted}; it is left as it is", path, _original.Place(way));
        }
        return null;
    }

    private EditRefusal? Step(StepPlan plan)
    {
        // Places are told in the file as the person has it, not as earlier steps left it.
        if (plan.Refusal is { } refusal) return refusal with { Place = refusal.Path is null ? null : _original.Place(refusal.Path) };
        var bytes = Splice.Apply(_current.Bytes, plan.Splices);
        var next = _current.Reparse(bytes, out var fault);
        if (next is null) return new EditRefusal($"the edited text would not be valid ({fault}); nothing was changed", plan.Reversal?.Path);
        if (!next.Root.Equals(plan.Intended)) return new EditRefusal("the edited text would not say what was wanted; nothing was changed", plan.Reversal?.Path);
        if (!bytes.AsSpan().SequenceEqual(_current.Bytes)) _current = next;
        if (plan.Reversal is not null) _reversals.Add(plan.Reversal);
        return null;
    }
}
