using System.Runtime.InteropServices;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>What a block of the assistant's is, as far as most of them go.</summary>
internal enum TurnBlockKind : byte
{
    /// <summary>None of the others: looked at more closely where it stands.</summary>
    Other,

    /// <summary>A message's whole content, where that is a string.</summary>
    Content,

    /// <summary><c>text</c>.</summary>
    Text,

    /// <summary><c>tool_use</c>.</summary>
    Call,

    /// <summary><c>thinking</c> or <c>redacted_thinking</c>.</summary>
    Thinking,
}

/// <summary>
/// A block of the assistant's, its members found in one walk: numbers in the body's <see cref="JsonTree"/>. Of members that are there twice the first counts.
/// </summary>
internal struct TurnBlock
{
    /// <summary>What it is.</summary>
    public TurnBlockKind Kind { get; private set; }

    /// <summary>Whether it has citations.</summary>
    public bool IsCited { get; private set; }

    /// <summary>Where it stands among the messages.</summary>
    public Place Place { get; private set; }

    /// <summary>The block itself.</summary>
    public int Whole { get; private set; }

    /// <summary>A text's text; a message's content where that is a string.</summary>
    public int Text { get; private set; }

    /// <summary>A call's id.</summary>
    public int Id { get; private set; }

    /// <summary>The name of a call's tool.</summary>
    public int Name { get; private set; }

    /// <summary>What a call's tool is called with.</summary>
    public int Input { get; private set; }

    /// <summary>Adds the content of a message, a string or blocks, to those before.</summary>
    /// <param name="tree">The body.</param>
    /// <param name="content">The content.</param>
    /// <param name="message">The message's place.</param>
    /// <param name="blocks">Gets the blocks.</param>
    public static void AddAll(scoped in JsonTree tree, int content, int message, List<TurnBlock> blocks)
    {
        if (tree.IsString(content))
        {
            ref var all = ref Add(blocks);
            all = default;
            (all.Kind, all.Place, all.Whole, all.Text) = (TurnBlockKind.Content, new Place(message, 0), content, content);
        }

        if (!tree.IsArray(content)) return;
        var index = 0;
        for (var block = content + 1; block < tree.Behind(content); block = tree.Behind(block)) Add(blocks).Read(tree, block, new Place(message, index++));
    }

    private static ref TurnBlock Add(List<TurnBlock> blocks)
    {
        CollectionsMarshal.SetCount(blocks, blocks.Count + 1);
        return ref CollectionsMarshal.AsSpan(blocks)[^1];
    }

    private void Read(scoped in JsonTree tree, int block, Place place)
    {
        var (type, text, id, name, input, isCited) = (0, 0, 0, 0, 0, false);
        if (tree.IsObject(block))
        {
            for (var (at, behind) = (block + 1, tree.Behind(block)); at < behind; at = tree.Behind(at + 1))
            {
                var member = tree.Inside(at);
                if (type == 0 && JsonText.IsWord(member, "type"u8)) type = at + 1;
                else if (text == 0 && JsonText.IsWord(member, "text"u8)) text = at + 1;
                else if (id == 0 && JsonText.IsWord(member, "id"u8)) id = at + 1;
                else if (name == 0 && JsonText.IsWord(member, "name"u8)) name = at + 1;
                else if (input == 0 && JsonText.IsWord(member, "input"u8)) input = at + 1;
                else if (JsonText.IsWord(member, "citations"u8)) isCited |= tree.IsArray(at + 1) && tree.Behind(at + 1) > at + 2;
            }
        }

        Kind = tree.Is(type, "text"u8) ? TurnBlockKind.Text
            : tree.Is(type, "tool_use"u8) ? TurnBlockKind.Call
            : tree.Is(type, "thinking"u8) || tree.Is(type, "redacted_thinking"u8) ? TurnBlockKind.Thinking
            : TurnBlockKind.Other;
        IsCited = isCited;
        Place = place;
        Whole = block;
        Text = text;
        Id = id;
        Name = name;
        Input = input;
    }
}
