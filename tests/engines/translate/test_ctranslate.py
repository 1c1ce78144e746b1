"""Models in CTranslate2's form, made on the spot: tokens, prefixes and pieces go the way of the real ones."""

import shutil
from pathlib import Path

import pytest
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from tiny_nllb import write_nllb
from voxhall.engines.host import Host
from voxhall.engines.protocols import Translator
from voxhall.engines.registry import Registry
from voxhall.engines.translate import _ctranslate, madlad, nllb, opus
from voxhall.errors import EngineUnavailable

TEXTS = ("hello world", "The cat {0} sat on 3,000 mats.", "ሰላም ዓለም።")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with an NLLB that says what it is given."""
    place = tmp_path_factory.mktemp("models")
    write_nllb(place / "nllb-200-distilled-600m")
    return place


def test_nllb_translates_in_an_engine_process(folder: Path) -> None:
    """Each text comes back whole, without the tokens that name languages or the end."""
    registry = Registry(folder, engines=(nllb.engine,))
    [(engine, directions)] = registry.translators()
    assert directions[0].lead("am", "ti")
    assert not directions[0].lead("en", "xx")
    with Host(registry, processes=1) as host, host.scope() as scope:
        assert scope.engine(Translator, engine).translate(TEXTS, "en", "am") == TEXTS


def test_the_language_is_the_first_token(folder: Path) -> None:
    """It is forced on the model, and dropped from what it says: a model that says its source shows both."""
    model = nllb.load(nllb.Options(), folder)._model
    raw = model.translator.translate_batch(
        [["eng_Latn", *model.pieces.cut(["hello"])[0], "</s>"]], target_prefix=[["tir_Ethi"]]
    )
    assert raw[0].hypotheses[0][0] == "tir_Ethi"
    assert model.translate(("hello",), before="eng_Latn", target_prefix="tir_Ethi") == ("hello",)


def test_a_folder_with_a_tokenizer_instead_of_sentencepiece_works(folder: Path, tmp_path: Path) -> None:
    """As most conversions have it."""
    place = tmp_path / "nllb-200-distilled-600m"
    shutil.copytree(folder / place.name, place)
    known = SentencePieceProcessor(str(place / "sentencepiece.bpe.model"))
    letters = {known.id_to_piece(number): number for number in range(len(known)) if len(known.id_to_piece(number)) == 1}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.save(str(place / "tokenizer.json"))
    (place / "sentencepiece.bpe.model").unlink()
    assert nllb.load(nllb.Options(), tmp_path).translate(TEXTS, "en", "am") == TEXTS


def test_opus_has_a_model_for_each_direction(folder: Path, tmp_path: Path) -> None:
    """Whatever folders are there, fetched or copied; each is loaded when it is needed."""
    shutil.copytree(folder / "nllb-200-distilled-600m", tmp_path / "opus-mt-en-gez")
    (tmp_path / "opus-mt-broken").mkdir()
    registry = Registry(tmp_path, engines=(opus.engine,))
    [(_, directions)] = registry.translators()
    assert [(*each.sources, *each.targets) for each in directions] == [("en", "gez")]
    engine = opus.Opus(opus.OpusOptions(), tmp_path)
    with pytest.raises(EngineUnavailable, match="opus-mt-gez-en"):
        engine.translate(TEXTS, "gez", "en")
    assert len(engine.translate(TEXTS, "en", "gez")) == len(TEXTS)


def test_madlad_names_the_language_within_the_text(folder: Path, tmp_path: Path) -> None:
    """By its own code, in front."""
    shutil.copytree(folder / "nllb-200-distilled-600m", tmp_path / "madlad400-3b-mt")
    engine = madlad.load(madlad.Options(), tmp_path)
    assert engine.translate(("hello",), "en", "he")[0].startswith("<2iw>")


@pytest.mark.parametrize("engine", [nllb.engine, madlad.engine, opus.engine], ids=lambda each: each.name)
def test_what_is_missing_is_said_with_its_remedy(engine: nllb.Engine, tmp_path: Path) -> None:
    """The command that fetches a model, or that a folder is not there."""
    with pytest.raises(EngineUnavailable, match="voxhall models pull"):
        Registry(tmp_path, engines=(engine,)).choose("translate")
    if engine is not opus.engine:
        own = Registry(tmp_path, {engine.name: {"model": "our-own"}}, (engine,))
        assert "our-own" in (own.missing(engine) or "")


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    """By its name and what it lacks."""
    place = tmp_path / "nllb-200-distilled-600m"
    place.mkdir()
    with pytest.raises(EngineUnavailable, match=r"model\.bin"):
        nllb.load(nllb.Options(), tmp_path)
    (place / "model.bin").write_bytes(b"")
    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json"):
        _ctranslate.open_model(place, _ctranslate.Options())
