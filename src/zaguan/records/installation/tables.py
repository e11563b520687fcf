"""What an installation knows of itself: one row."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import Base


class InstallationRow(Base):
    """The one row."""

    __tablename__ = "installation"

    only: Mapped[bool] = mapped_column(primary_key=True)
    signing_key: Mapped[bytes]
    made_at: Mapped[datetime]
